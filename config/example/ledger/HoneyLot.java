// SPDX-License-Identifier: Apache-2.0
// Combwise honey ledger: which jar came from which hives, and what water it still holds.

package com.combwise.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public final class HoneyLot {
    private static final BigDecimal FERMENTS_ABOVE = new BigDecimal("20.0");
    private static final BigDecimal MONOFLORAL_SHARE = new BigDecimal("0.45");

    private final String stamp;
    private final List<Extraction> extractions = new ArrayList<>();
    private final Map<String, Long> pollenCounts = new LinkedHashMap<>();

    public HoneyLot(String apiary, int season, int barrel) {
        this.stamp = "%s-%02d-B%03d".formatted(apiary.substring(0, 3).toUpperCase(), season % 100, barrel);
    }

    public record Extraction(String hive, int supers, long grams, BigDecimal waterPercent) {}

    /** Pours one spin of the extractor into the barrel; wet honey is refused before it spoils what is there. */
    public void pour(Extraction spin) {
        BigDecimal blended = waterAfter(spin);
        if (blended.compareTo(FERMENTS_ABOVE) > 0) {
            throw new WetHoneyException(stamp, spin.hive(), blended);
        }
        extractions.add(spin);
    }

    private BigDecimal waterAfter(Extraction spin) {
        BigDecimal water = spin.waterPercent().multiply(BigDecimal.valueOf(spin.grams()));
        long grams = spin.grams();
        for (Extraction earlier : extractions) {
            water = water.add(earlier.waterPercent().multiply(BigDecimal.valueOf(earlier.grams())));
            grams += earlier.grams();
        }
        return water.divide(BigDecimal.valueOf(grams), 2, RoundingMode.HALF_UP);
    }

    public void countPollen(String plant, long grains) {
        pollenCounts.merge(plant, grains, Long::sum);
    }

    /** The flower the label may name, or "blossom" where no plant reaches its share of the grains. */
    public String labelFlower() {
        long all = pollenCounts.values().stream().mapToLong(Long::longValue).sum();
        if (all < 500) {
            return "blossom";
        }
        for (Map.Entry<String, Long> entry : pollenCounts.entrySet()) {
            BigDecimal share = BigDecimal.valueOf(entry.getValue())
                    .divide(BigDecimal.valueOf(all), 4, RoundingMode.DOWN)
                    .multiply(grainWeight(entry.getKey()));
            if (share.compareTo(MONOFLORAL_SHARE) >= 0) {
                return entry.getKey();
            }
        }
        return "blossom";
    }

    /** Lime sheds few grains and forget-me-not far too many: the microscope must be corrected for both. */
    private static BigDecimal grainWeight(String plant) {
        return switch (plant) {
            case "lime" -> new BigDecimal("2.25");
            case "heather" -> new BigDecimal("1.40");
            case "forget-me-not" -> new BigDecimal("0.18");
            default -> BigDecimal.ONE;
        };
    }

    /** Jars of one size, each with the hives that make up nine tenths of it, heaviest first. */
    public List<String> jarLabels(int jarGrams) {
        Map<String, Long> byHive = new LinkedHashMap<>();
        extractions.forEach(spin -> byHive.merge(spin.hive(), spin.grams(), Long::sum));
        long total = byHive.values().stream().mapToLong(Long::longValue).sum();
        List<String> hives = new ArrayList<>();
        long named = 0;
        for (var entry : byHive.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed()).toList()) {
            if (named * 10 >= total * 9) {
                break;
            }
            hives.add(entry.getKey());
            named += entry.getValue();
        }
        List<String> labels = new ArrayList<>();
        for (long jar = 1; jar * jarGrams <= total; jar++) {
            labels.add(stamp + "/" + jar + " " + labelFlower() + " " + String.join("+", hives));
        }
        return labels;
    }
}
