# SPDX-License-Identifier: Apache-2.0
"""Combwise nectar forecast: how many grams a hive will bring home tomorrow, and how sure we are of it."""

from dataclasses import dataclass, field
from math import exp, sqrt

SUGAR_SHARE = {"rape": 0.44, "lime": 0.37, "heather": 0.29, "buckwheat": 0.41}
NIGHT_LOSS_SHARE = 0.27
COLDEST_FLIGHT = 9.5


@dataclass
class BloomPatch:
    plant: str
    hectares: float
    metres_away: float
    degree_days: float
    opens_at: float
    fades_at: float

    def openness(self) -> float:
        """Share of flowers open: a hump between two sums of degree days, lopsided towards its start."""
        if not self.opens_at < self.degree_days < self.fades_at:
            return 0.0
        age = (self.degree_days - self.opens_at) / (self.fades_at - self.opens_at)
        return 6.75 * age * (1.0 - age) ** 2

    def reach(self) -> float:
        """Bees fly to what is near first; beyond two kilometres a load hardly pays for its flight."""
        return exp(-((self.metres_away / 1450.0) ** 1.6))


@dataclass
class HiveOutlook:
    hive: str
    flying_grams: float
    patches: list[BloomPatch] = field(default_factory=list)
    residuals: list[float] = field(default_factory=list)

    def crowding(self, neighbours: int) -> float:
        pasture = sum(p.hectares * p.openness() * p.reach() for p in self.patches)
        hungry = self.flying_grams / 900.0 * (1 + neighbours)
        return pasture / (pasture + hungry) if pasture > 0 else 0.0

    def tomorrow(self, noon_celsius: float, rain_hours: float, neighbours: int) -> tuple[float, float]:
        """Net gain in grams and its spread, after the night's evaporation."""
        if noon_celsius < COLDEST_FLIGHT:
            return -35.0, 12.0
        flight_hours = max(0.0, min(9.0, (noon_celsius - COLDEST_FLIGHT) * 0.8) - rain_hours)
        trips = flight_hours * 1.9
        ripe = 0.0
        weight = 0.0
        for patch in self.patches:
            pull = patch.hectares * patch.openness() * patch.reach()
            ripe += pull * SUGAR_SHARE.get(patch.plant, 0.33)
            weight += pull
        if weight == 0.0:
            return -60.0 * self.flying_grams / 2000.0, 20.0
        load = 0.031 * self.flying_grams * (ripe / weight) / 0.36
        gross = trips * load * self.crowding(neighbours)
        return gross * (1.0 - NIGHT_LOSS_SHARE), self.spread(gross)

    def spread(self, gross: float) -> float:
        if len(self.residuals) < 5:
            return 0.4 * gross + 50.0
        centre = sum(self.residuals) / len(self.residuals)
        return sqrt(sum((r - centre) ** 2 for r in self.residuals) / (len(self.residuals) - 1))


def rank_moves(outlooks: list[HiveOutlook], sites: dict[str, list[BloomPatch]], diesel_cents: int) -> list[tuple[str, str, float]]:
    """Which hive to drive to which site tonight, dearest gain first; a site's pasture shrinks with each hive sent."""
    sent: dict[str, int] = {}
    moves = []
    for outlook in sorted(outlooks, key=lambda o: -o.flying_grams):
        stay, _ = outlook.tomorrow(21.0, 0.0, neighbours=len(outlooks) - 1)
        for site, patches in sites.items():
            there = HiveOutlook(outlook.hive, outlook.flying_grams, patches)
            gain, _ = there.tomorrow(21.0, 0.0, neighbours=sent.get(site, 0))
            worth = (gain - stay) * 0.009 - diesel_cents / 100.0
            if worth > 0:
                moves.append((outlook.hive, site, worth))
                sent[site] = sent.get(site, 0) + 1
                break
    return sorted(moves, key=lambda move: -move[2])
