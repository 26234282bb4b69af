/// Asking an index's filter for the grams of a slice of text: what `GramFilter` says of one gram, for many.
///
/// Part of CTextScan.h. Grams are told by their rolling states. All words are fetched before any is looked at, so that the waits
/// for memory overlap: into the second cache, since a slice has more of them than the first one holds. There is no branch on what
/// a filter says, which nobody can guess.
#ifndef CTEXTFILTER_H
#define CTEXTFILTER_H

/// A filter: the near half and the far one, what scatters grams over them, and how both are cut, by rank.
typedef struct {
    const uint64_t *words;
    uint64_t half;
    uint64_t key[4];
    uint64_t starts[4], sizes[4];
    /// The 1,024 masks to choose from.
    const uint64_t *masks;
} ctextscan_filter;

/// Has a word of the near half fetched.
static inline void ctextscan_fetch(const uint64_t *word) { __builtin_prefetch(word, 0, 2); }

/// The high half of a product of 64-bit numbers; `*low` is the low one.
static inline uint64_t ctextscan_multiply(uint64_t one, uint64_t other, uint64_t *low) {
    const unsigned __int128 product = (unsigned __int128)one * other;
    *low = (uint64_t)product;
    return (uint64_t)(product >> 64);
}

/// The word that a number chooses in the band of `rank`.
static inline uint64_t ctextscan_filter_word(const ctextscan_filter *filter, uint64_t number, unsigned rank) {
    uint64_t low;
    return filter->starts[rank] + ctextscan_multiply(number, filter->sizes[rank], &low);
}

/// Finds for each state the near word and what chooses the rest, as `FilterKey.address` does, and has those words fetched.
static inline __attribute__((always_inline)) void ctextscan_find_base(
    const ctextscan_filter *filter, const uint64_t *states, size_t count, uint32_t *nears, uint64_t *selectors) {
    const uint64_t keyed = (1ull << 40) - 4;
    for (size_t place = 0; place < count; place++) {
        const uint64_t state = states[place];
        // The high bits of `HashMixing.gram`, by which winnowing chooses, tell the rank.
        const uint64_t first = (state ^ state >> 33) * 0xC4CEB9FE1A85EC53ull;
        const uint64_t gram = (first ^ first >> 29) * 0x9FB21C651E98DF25ull;
        const unsigned rank = (unsigned)__builtin_clzll(gram | 1ull << 60);
        uint64_t low;
        uint64_t high = ctextscan_multiply(state ^ filter->key[0], filter->key[1], &low);
        const uint64_t identity = ((high ^ low) & keyed) | rank;
        high = ctextscan_multiply(identity ^ filter->key[2], filter->key[3], &low);
        const uint64_t near = ctextscan_filter_word(filter, low, rank);
        nears[place] = (uint32_t)near;
        selectors[place] = ((high ^ (low << 32 | low >> 32)) & ~3ull) | rank;
        ctextscan_fetch(filter->words + near);
    }
}

/// Writes the places of the grams that the near half lets pass, has the far words of those fetched, and gives their number.
///
/// `nears` and `selectors` are what `ctextscan_find` gave; `passed` has room for `count`.
static inline __attribute__((always_inline)) size_t ctextscan_ask_near_base(
    const ctextscan_filter *filter, const uint32_t *nears, const uint64_t *selectors, size_t count, uint32_t *passed) {
    const uint64_t *const words = filter->words, *const masks = filter->masks;
    size_t found = 0;
    for (size_t place = 0; place < count; place++) {
        passed[found] = (uint32_t)place;
        found += (masks[selectors[place] >> 12 & 1023] & ~words[nears[place]]) == 0;
    }
    for (size_t candidate = 0; candidate < found; candidate++) {
        const uint64_t selector = selectors[passed[candidate]];
        __builtin_prefetch(words + filter->half + ctextscan_filter_word(filter, selector, selector & 3));
    }
    return found;
}

/// Keeps of the `count` places in `passed` those of the grams that the far half lets pass too, and gives their number.
static inline size_t ctextscan_ask_far(
    const ctextscan_filter *filter, const uint64_t *selectors, size_t count, uint32_t *passed) {
    const uint64_t *const words = filter->words + filter->half;
    size_t found = 0;
    for (size_t candidate = 0; candidate < count; candidate++) {
        const uint32_t place = passed[candidate];
        const uint64_t selector = selectors[place], mask = filter->masks[selector >> 2 & 1023];
        passed[found] = place;
        found += (mask & ~words[ctextscan_filter_word(filter, selector, selector & 3)]) == 0;
    }
    return found;
}

#if defined(CTEXTSCAN_NEWER)

CTEXTSCAN_NEWER static void ctextscan_find_newer(
    const ctextscan_filter *filter, const uint64_t *states, size_t count, uint32_t *nears, uint64_t *selectors) {
    ctextscan_find_base(filter, states, count, nears, selectors);
}

CTEXTSCAN_NEWER static size_t ctextscan_ask_near_newer(
    const ctextscan_filter *filter, const uint32_t *nears, const uint64_t *selectors, size_t count, uint32_t *passed) {
    return ctextscan_ask_near_base(filter, nears, selectors, count, passed);
}

/// The products of eight 64-bit numbers by one, whose halves `low` and `high` hold, each in every lane; `*bottom` is the low half.
CTEXTSCAN_NEWEST static inline __m512i ctextscan_products(__m512i number, __m512i low, __m512i high, __m512i *bottom) {
    const __m512i rest = _mm512_set1_epi64(0xFFFFFFFF), upper = _mm512_srli_epi64(number, 32);
    const __m512i first = _mm512_mul_epu32(number, low);
    const __m512i second = _mm512_add_epi64(_mm512_mul_epu32(upper, low), _mm512_srli_epi64(first, 32));
    const __m512i third = _mm512_add_epi64(_mm512_mul_epu32(number, high), _mm512_and_si512(second, rest));
    *bottom = _mm512_mask_mov_epi32(first, 0xAAAA, _mm512_slli_epi64(third, 32));
    return _mm512_add_epi64(
        _mm512_add_epi64(_mm512_mul_epu32(upper, high), _mm512_srli_epi64(second, 32)), _mm512_srli_epi64(third, 32));
}

/// As `ctextscan_find_base`, eight grams at a time.
CTEXTSCAN_NEWEST static void ctextscan_find_newest(
    const ctextscan_filter *filter, const uint64_t *states, size_t count, uint32_t *nears, uint64_t *selectors) {
    const __m512i keyed = _mm512_set1_epi64((1ll << 40) - 4), three = _mm512_set1_epi64(3);
    const __m512i key[4] = {
        _mm512_set1_epi64((long long)filter->key[0]), _mm512_set1_epi64((long long)filter->key[1]),
        _mm512_set1_epi64((long long)filter->key[2]), _mm512_set1_epi64((long long)filter->key[3]),
    };
    const __m512i tops[2] = {_mm512_srli_epi64(key[1], 32), _mm512_srli_epi64(key[3], 32)};
    const __m512i starts = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)filter->starts));
    const __m512i sizes = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)filter->sizes));
    // The rank by the highest three bits of a gram.
    const __m512i ranks = _mm512_set_epi64(0, 0, 0, 0, 1, 1, 2, 3);
    size_t place = 0;
    for (; place + 8 <= count; place += 8) {
        const __m512i state = _mm512_loadu_si512(states + place);
        const __m512i first = _mm512_mullo_epi64(
            _mm512_xor_si512(state, _mm512_srli_epi64(state, 33)), _mm512_set1_epi64((long long)0xC4CEB9FE1A85EC53ull));
        const __m512i gram = _mm512_mullo_epi64(
            _mm512_xor_si512(first, _mm512_srli_epi64(first, 29)), _mm512_set1_epi64((long long)0x9FB21C651E98DF25ull));
        const __m512i rank = _mm512_permutexvar_epi64(_mm512_srli_epi64(gram, 61), ranks);
        __m512i low;
        __m512i high = ctextscan_products(_mm512_xor_si512(state, key[0]), key[1], tops[0], &low);
        const __m512i identity = _mm512_or_si512(_mm512_and_si512(_mm512_xor_si512(high, low), keyed), rank);
        high = ctextscan_products(_mm512_xor_si512(identity, key[2]), key[3], tops[1], &low);
        const __m512i bits = _mm512_xor_si512(high, _mm512_rol_epi64(low, 32));
        // A size has no more than 32 bits.
        const __m512i size = _mm512_permutexvar_epi64(rank, sizes);
        const __m512i upper = _mm512_mul_epu32(_mm512_srli_epi64(low, 32), size);
        const __m512i word = _mm512_srli_epi64(
            _mm512_add_epi64(upper, _mm512_srli_epi64(_mm512_mul_epu32(low, size), 32)), 32);
        _mm256_storeu_si256(
            (__m256i *)(nears + place),
            _mm512_cvtepi64_epi32(_mm512_add_epi64(word, _mm512_permutexvar_epi64(rank, starts))));
        _mm512_storeu_si512(selectors + place, _mm512_or_si512(_mm512_andnot_si512(three, bits), rank));
        for (size_t lane = 0; lane < 8; lane++) ctextscan_fetch(filter->words + nears[place + lane]);
    }
    ctextscan_find_base(filter, states + place, count - place, nears + place, selectors + place);
}

#else

#define ctextscan_find_newest ctextscan_find_base
#define ctextscan_find_newer ctextscan_find_base
#define ctextscan_ask_near_newer ctextscan_ask_near_base

#endif

/// As `ctextscan_find_base`.
static inline void ctextscan_find(
    int form, const ctextscan_filter *filter, const uint64_t *states, size_t count, uint32_t *nears, uint64_t *selectors) {
    if (form > 1) {
        ctextscan_find_newest(filter, states, count, nears, selectors);
    } else if (form == 1) {
        ctextscan_find_newer(filter, states, count, nears, selectors);
    } else {
        ctextscan_find_base(filter, states, count, nears, selectors);
    }
}

/// As `ctextscan_ask_near_base`.
static inline size_t ctextscan_ask_near(
    int form, const ctextscan_filter *filter, const uint32_t *nears, const uint64_t *selectors, size_t count,
    uint32_t *passed) {
    return form > 0 ? ctextscan_ask_near_newer(filter, nears, selectors, count, passed)
                    : ctextscan_ask_near_base(filter, nears, selectors, count, passed);
}

#endif
