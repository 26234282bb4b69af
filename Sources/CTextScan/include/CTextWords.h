/// The hashes of the words among the runs of a slice.
///
/// Part of CTextScan.h. The arithmetic is that of `HashMixing.word`.
#ifndef CTEXTWORDS_H
#define CTEXTWORDS_H

/// What marks count for, and the hashes of keywords: each in the place of 512 that the low bits of the one half of it name in
/// `low`, or that those of the other half name in `high`.
typedef struct {
    const uint64_t *marks, *low, *high;
} ctextscan_values;

/// What a token of a word is: the hash of a keyword, and of a name with the highest bit set; told by both places that a keyword
/// may have.
static inline uint64_t ctextscan_word_value(ctextscan_values values, uint64_t hash) {
    const int is_keyword = (values.low[hash & 511] == hash) | (values.high[hash >> 32 & 511] == hash);
    return (hash & ~(1ull << 63)) | (uint64_t)!is_keyword << 63;
}

/// Hashes the words of runs, from run `*next` on, and gives how many hashes there are then.
///
/// Runs that begin with a digit are passed over; `hashes`, `tokens`, which are what their tokens are, and `starts` have room for
/// one for each run. The loop stops before a run that takes judgement: one that begins with an `l` and a digit, is longer than
/// sixteen octets, or begins after `limit`. Sixteen octets are read from each beginning.
static inline __attribute__((always_inline)) size_t ctextscan_hash_base(
    const uint8_t *text, const uint32_t *bounds, size_t *next, size_t runs, size_t limit, uint64_t seed,
    uint64_t multiplier, ctextscan_values values, uint64_t *hashes, uint64_t *tokens, uint32_t *starts, size_t count) {
    static const uint64_t masks[34] = {
        0, 0, 0xFF, 0, 0xFFFF, 0, 0xFFFFFF, 0, 0xFFFFFFFF, 0, 0xFFFFFFFFFF, 0, 0xFFFFFFFFFFFF, 0, 0xFFFFFFFFFFFFFF, 0,
        ~0ull, 0, ~0ull, 0xFF, ~0ull, 0xFFFF, ~0ull, 0xFFFFFF, ~0ull, 0xFFFFFFFF, ~0ull, 0xFFFFFFFFFF,
        ~0ull, 0xFFFFFFFFFFFF, ~0ull, 0xFFFFFFFFFFFFFF, ~0ull, ~0ull,
    };
    const uint64_t small = 0x2020202020202020ull;
    size_t run = *next;
    while (runs > run && bounds[2 * (runs - 1)] > limit) runs--;
    for (; run < runs; run++) {
        const uint32_t start = bounds[2 * run], length = bounds[2 * run + 1] - start;
        uint64_t low, high;
        memcpy(&low, text + start, 8);
        memcpy(&high, text + start + 8, 8);
        const int is_gutter = ((uint8_t)(low | 0x20) == 'l') & ((uint8_t)((low >> 8) - '0') < 10);
        if (__builtin_expect((length > 16) | is_gutter, 0)) break;
        const int is_number = (uint8_t)(low - '0') < 10;
        low = (low | small) & masks[2 * length];
        high = (high | small) & masks[2 * length + 1];
        const unsigned __int128 product = (unsigned __int128)(low ^ seed) * (high ^ multiplier);
        // Numbers are written over by the next word: a branch for them would often be guessed wrong.
        const uint64_t hash = (uint64_t)(product >> 64) ^ (uint64_t)product;
        hashes[count] = hash;
        tokens[count] = ctextscan_word_value(values, hash);
        starts[count] = start;
        count += !is_number;
    }
    *next = run;
    return count;
}

#if defined(CTEXTSCAN_NEWER)

CTEXTSCAN_NEWER static size_t ctextscan_hash_newer(
    const uint8_t *text, const uint32_t *bounds, size_t *next, size_t runs, size_t limit, uint64_t seed,
    uint64_t multiplier, ctextscan_values values, uint64_t *hashes, uint64_t *tokens, uint32_t *starts, size_t count) {
    return ctextscan_hash_base(
        text, bounds, next, runs, limit, seed, multiplier, values, hashes, tokens, starts, count);
}

#else

#define ctextscan_hash_newer ctextscan_hash_base

#endif

/// As `ctextscan_hash_base`.
static inline size_t ctextscan_hash(
    int form, const uint8_t *text, const uint32_t *bounds, size_t *next, size_t runs, size_t limit, uint64_t seed,
    uint64_t multiplier, ctextscan_values values, uint64_t *hashes, uint64_t *tokens, uint32_t *starts, size_t count) {
    return form > 0
        ? ctextscan_hash_newer(
            text, bounds, next, runs, limit, seed, multiplier, values, hashes, tokens, starts, count)
        : ctextscan_hash_base(
            text, bounds, next, runs, limit, seed, multiplier, values, hashes, tokens, starts, count);
}

#endif
