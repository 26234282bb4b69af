/* SPDX-License-Identifier: Apache-2.0 */
/* Combwise hive scale: four load cells under one hive, one frame of grams a minute. */

#include "hive_scale.h"

#define CELL_COUNT          4
#define SETTLE_TICKS        48
#define RAIN_STEP_GRAMS     350
#define FORAGER_WINDOW      30

struct cell_trim {
    int32_t zero_counts;
    int32_t counts_per_kilo;
    int16_t drift_ppm_per_kelvin;
};

struct hive_scale {
    struct cell_trim trim[CELL_COUNT];
    int32_t  settled_grams;
    int32_t  dusk_grams;
    uint16_t quiet_ticks;
    uint8_t  lid_open;
    int16_t  forager_ring[FORAGER_WINDOW];
    uint8_t  forager_head;
};

/* A cell's raw counts in grams, with the drift of its bridge taken out at the brood's temperature. */
static int32_t cell_grams(const struct cell_trim *trim, int32_t counts, int16_t decikelvin_off)
{
    int64_t span = (int64_t)(counts - trim->zero_counts) * 1000;
    int32_t grams = (int32_t)(span / trim->counts_per_kilo);
    int64_t drift = (int64_t)grams * trim->drift_ppm_per_kelvin * decikelvin_off;

    return grams - (int32_t)(drift / 10000000);
}

/* A keeper who leans on the lid loads two neighbouring cells and lightens none. */
static int lid_is_handled(const int32_t grams[CELL_COUNT], int32_t before)
{
    int32_t front = grams[0] + grams[1];
    int32_t back = grams[2] + grams[3];
    int32_t lean = front > back ? front - back : back - front;

    return lean > before / 3 && front + back > before + 4 * RAIN_STEP_GRAMS;
}

enum hive_event hive_scale_tick(struct hive_scale *scale, const int32_t counts[CELL_COUNT], int16_t decikelvin_off)
{
    int32_t grams[CELL_COUNT];
    int32_t total = 0;

    for (int cell = 0; cell < CELL_COUNT; cell++) {
        grams[cell] = cell_grams(&scale->trim[cell], counts[cell], decikelvin_off);
        total += grams[cell];
    }

    if (lid_is_handled(grams, scale->settled_grams)) {
        scale->lid_open = 1;
        scale->quiet_ticks = 0;
        return HIVE_EVENT_LID;
    }

    int32_t step = total - scale->settled_grams;
    if (step > RAIN_STEP_GRAMS || step < -RAIN_STEP_GRAMS) {
        if (++scale->quiet_ticks < SETTLE_TICKS)
            return HIVE_EVENT_UNSETTLED;
        /* What stays is a super put on or taken off; what goes again was rain on the roof. */
        scale->settled_grams = total;
        scale->lid_open = 0;
        scale->quiet_ticks = 0;
        return step > 0 ? HIVE_EVENT_SUPER_ADDED : HIVE_EVENT_SUPER_REMOVED;
    }

    scale->quiet_ticks = 0;
    scale->forager_ring[scale->forager_head] = (int16_t)step;
    scale->forager_head = (uint8_t)((scale->forager_head + 1) % FORAGER_WINDOW);
    scale->settled_grams += step / 8;
    return HIVE_EVENT_NONE;
}

/* Foragers leave at first light: the steepest loss over the window is the flying strength, in grams of bees. */
int32_t hive_scale_flying_strength(const struct hive_scale *scale)
{
    int32_t sum = 0;
    int32_t steepest = 0;

    for (int back = 1; back <= FORAGER_WINDOW; back++) {
        int slot = (scale->forager_head + FORAGER_WINDOW - back) % FORAGER_WINDOW;
        sum += scale->forager_ring[slot];
        if (sum < steepest)
            steepest = sum;
    }
    return -steepest;
}
