/// The rolling states of the grams of a slice's tokens: what `ShapeRoller` does token by token, for many.
///
/// Part of CTextScan.h. What a name counts for is known once its last occurrence is; the rest is the same for all tokens. So the
/// distances are found first, a block of tokens at a time: where else the name stood, each of the places before is asked.
#ifndef CTEXTSHAPES_H
#define CTEXTSHAPES_H

enum {
    /// Tokens of a gram, and of a block.
    ctextscan_shape_length = 20,
    ctextscan_shape_block = 16,
};

/// What a name counts for by its distance to its last occurrence in the gram, zero for none, and what its becoming a zero, when
/// the other one leaves, changes in the state.
typedef struct {
    uint64_t distances[32], changes[32];
} ctextscan_shape_tables;

/// What is kept between slices: the state of the gram that ends at the last token, the number of tokens up to a gram's length, and
/// of those the values and how far behind each the same name stands next, zero for not in its gram.
typedef struct {
    uint64_t rolling, seen;
    uint64_t values[ctextscan_shape_length];
    uint8_t nexts[ctextscan_shape_length];
} ctextscan_shape_state;

/// Where a slice's tokens are laid out behind the last ones of the slice before; each has room for a gram and a block more than
/// there are tokens. `heads` are the high halves of `values`.
typedef struct {
    uint64_t *values;
    uint32_t *heads;
    uint8_t *nexts;
} ctextscan_shape_scratch;

static inline uint64_t ctextscan_turn(uint64_t value, unsigned bits) { return value << bits | value >> (64 - bits); }

/// Lays the values of tokens out, and the high halves of those.
static inline __attribute__((always_inline)) void ctextscan_spread_base(
    const ctextscan_token *tokens, size_t count, uint64_t *values, uint32_t *heads) {
    for (size_t place = 0; place < count; place++) {
        values[place] = tokens[place].value;
        heads[place] = (uint32_t)(tokens[place].value >> 32);
    }
}

/// For each token of a block the distance to the last token of the same high half in the gram; zero for none, and for what is no
/// name.
static inline __attribute__((always_inline)) void ctextscan_distances_base(const uint32_t *heads, uint8_t *distances) {
    uint32_t found[ctextscan_shape_block] = {0};
    for (uint32_t back = ctextscan_shape_length - 1; back > 0; back--) {
        const uint32_t *before = heads - back;
        for (unsigned place = 0; place < ctextscan_shape_block; place++)
            found[place] = heads[place] == before[place] ? back : found[place];
    }
    for (unsigned place = 0; place < ctextscan_shape_block; place++)
        distances[place] = (uint8_t)(found[place] & (uint32_t)((int32_t)heads[place] >> 31));
}

/// The same by all 64 bits: where halves were alike by chance.
static inline void ctextscan_distances_exact(const uint64_t *values, uint8_t *distances) {
    for (unsigned place = 0; place < ctextscan_shape_block; place++) {
        const uint64_t *const value = values + place;
        uint8_t back = 1;
        while (back < ctextscan_shape_length && *(value - back) != *value) back++;
        distances[place] = *value >> 63 != 0 && back < ctextscan_shape_length ? back : 0;
    }
}

/// What the tokens of a block change in the state, with what leaves the gram as they enter: see `ShapeRoller`.
static inline __attribute__((always_inline)) void ctextscan_mix_base(
    const ctextscan_shape_tables *tables, const uint64_t *values, const uint8_t *distances, const uint8_t *nexts,
    uint64_t *mixed) {
    for (unsigned place = 0; place < ctextscan_shape_block; place++) {
        const uint64_t value = values[place], gone = *(values + place - ctextscan_shape_length);
        const uint64_t entering = value >> 63 != 0 ? tables->distances[distances[place]] : value;
        const uint64_t leaving = gone >> 63 != 0 ? tables->distances[0] : gone;
        mixed[place] = entering ^ ctextscan_turn(leaving, 9 * ctextscan_shape_length & 63)
            ^ tables->changes[*(nexts + place - ctextscan_shape_length)];
    }
}

typedef void (*ctextscan_spread_form)(const ctextscan_token *, size_t, uint64_t *, uint32_t *);
typedef void (*ctextscan_distances_form)(const uint32_t *, uint8_t *);
typedef void (*ctextscan_mix_form)(
    const ctextscan_shape_tables *, const uint64_t *, const uint8_t *, const uint8_t *, uint64_t *);

/// Takes `count` tokens, and writes for each the state of the gram that it ends; zero where there are not tokens enough.
///
/// Behind the tokens there is room for seven more.
static inline __attribute__((always_inline)) void ctextscan_shapes_by(
    ctextscan_spread_form spread, ctextscan_distances_form find, ctextscan_mix_form mix,
    const ctextscan_shape_tables *tables, const ctextscan_token *tokens, size_t count, ctextscan_shape_scratch scratch, ctextscan_shape_state *state,
    uint64_t *states) {
    const size_t length = ctextscan_shape_length, block = ctextscan_shape_block;
    memcpy(scratch.values, state->values, sizeof state->values);
    memcpy(scratch.nexts, state->nexts, sizeof state->nexts);
    for (size_t place = 0; place < length; place++) scratch.heads[place] = (uint32_t)(state->values[place] >> 32);
    spread(tokens, count, scratch.values + length, scratch.heads + length);
    memset(scratch.values + length + count, 0, block * sizeof(uint64_t));
    memset(scratch.heads + length + count, 0, block * sizeof(uint32_t));
    memset(scratch.nexts + length, 0, count + block);

    uint64_t rolling = state->rolling;
    for (size_t start = 0; start < count; start += block) {
        const uint64_t *const values = scratch.values + length + start;
        uint8_t *const nexts = scratch.nexts + length + start;
        uint8_t distances[ctextscan_shape_block];
        uint64_t mixed[ctextscan_shape_block], differs = 0;
        find(scratch.heads + length + start, distances);
        // One after the other: what vectors have to fetch from so many places they are slower at.
#pragma clang loop vectorize(disable) unroll(full)
        for (size_t place = 0; place < block; place++) differs |= values[place] ^ *(values + place - distances[place]);
        if (__builtin_expect(differs != 0, 0)) ctextscan_distances_exact(values, distances);
        // Where there is none this is the token's own place, which has no next yet.
        for (size_t place = 0; place < block; place++) *(nexts + place - distances[place]) = distances[place];
        mix(tables, values, distances, nexts, mixed);
        const size_t here = count - start < block ? count - start : block;
        for (size_t place = 0; place < here; place++) {
            rolling = ctextscan_turn(rolling, 9) ^ mixed[place];
            states[start + place] = rolling;
        }
    }
    state->rolling = rolling;
    for (size_t place = 0; place < count && state->seen + 1 < length; place++, state->seen++) states[place] = 0;
    memcpy(state->values, scratch.values + count, sizeof state->values);
    memcpy(state->nexts, scratch.nexts + count, sizeof state->nexts);
}

static inline void ctextscan_shapes_base(
    const ctextscan_shape_tables *tables, const ctextscan_token *tokens, size_t count, ctextscan_shape_scratch scratch,
    ctextscan_shape_state *state, uint64_t *states) {
    ctextscan_shapes_by(
        ctextscan_spread_base, ctextscan_distances_base, ctextscan_mix_base, tables, tokens, count, scratch, state, states);
}

#if defined(CTEXTSCAN_NEWER)

CTEXTSCAN_NEWER static void ctextscan_shapes_newer(
    const ctextscan_shape_tables *tables, const ctextscan_token *tokens, size_t count, ctextscan_shape_scratch scratch,
    ctextscan_shape_state *state, uint64_t *states) {
    ctextscan_shapes_by(
        ctextscan_spread_base, ctextscan_distances_base, ctextscan_mix_base, tables, tokens, count, scratch, state, states);
}

/// As `ctextscan_spread_base`, eight at a time; up to seven tokens behind the last are read.
CTEXTSCAN_NEWEST static inline void ctextscan_spread_newest(
    const ctextscan_token *tokens, size_t count, uint64_t *values, uint32_t *heads) {
    const __m512i even = _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0);
    for (size_t place = 0; place < count; place += 8) {
        const __m512i value = _mm512_permutex2var_epi64(
            _mm512_loadu_si512(tokens + place), even, _mm512_loadu_si512(tokens + place + 4));
        _mm512_storeu_si512(values + place, value);
        _mm256_storeu_si256((__m256i *)(heads + place), _mm512_cvtepi64_epi32(_mm512_srli_epi64(value, 32)));
    }
}

CTEXTSCAN_NEWEST static inline void ctextscan_distances_newest(const uint32_t *heads, uint8_t *distances) {
    const __m512i here = _mm512_loadu_si512(heads);
    __m512i found = _mm512_setzero_si512();
    for (int back = ctextscan_shape_length - 1; back > 0; back--) {
        const __mmask16 same = _mm512_cmpeq_epi32_mask(here, _mm512_loadu_si512(heads - back));
        found = _mm512_mask_mov_epi32(found, same, _mm512_set1_epi32(back));
    }
    const __m512i names = _mm512_maskz_mov_epi32(_mm512_movepi32_mask(here), found);
    _mm_storeu_si128((__m128i *)distances, _mm512_cvtepi32_epi8(names));
}

/// The entries of a table of 32 that eight octets name.
CTEXTSCAN_NEWEST static inline __m512i ctextscan_entries(const uint64_t *table, const uint8_t *places) {
    const __m512i place = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)places));
    const __m512i low = _mm512_permutex2var_epi64(_mm512_loadu_si512(table), place, _mm512_loadu_si512(table + 8));
    const __m512i high = _mm512_permutex2var_epi64(_mm512_loadu_si512(table + 16), place, _mm512_loadu_si512(table + 24));
    return _mm512_mask_mov_epi64(low, _mm512_test_epi64_mask(place, _mm512_set1_epi64(16)), high);
}

CTEXTSCAN_NEWEST static inline void ctextscan_mix_newest(
    const ctextscan_shape_tables *tables, const uint64_t *values, const uint8_t *distances, const uint8_t *nexts,
    uint64_t *mixed) {
    const __m512i none = _mm512_set1_epi64((long long)tables->distances[0]);
    for (unsigned part = 0; part < ctextscan_shape_block; part += 8) {
        const __m512i value = _mm512_loadu_si512(values + part);
        const __m512i gone = _mm512_loadu_si512(values + part - ctextscan_shape_length);
        const __m512i entering = _mm512_mask_mov_epi64(
            value, _mm512_movepi64_mask(value), ctextscan_entries(tables->distances, distances + part));
        const __m512i leaving = _mm512_mask_mov_epi64(gone, _mm512_movepi64_mask(gone), none);
        const __m512i change = ctextscan_entries(tables->changes, nexts + part - ctextscan_shape_length);
        _mm512_storeu_si512(
            mixed + part,
            _mm512_xor_si512(
                _mm512_xor_si512(entering, change), _mm512_rol_epi64(leaving, 9 * ctextscan_shape_length & 63)));
    }
}

CTEXTSCAN_NEWEST static void ctextscan_shapes_newest(
    const ctextscan_shape_tables *tables, const ctextscan_token *tokens, size_t count, ctextscan_shape_scratch scratch,
    ctextscan_shape_state *state, uint64_t *states) {
    ctextscan_shapes_by(
        ctextscan_spread_newest, ctextscan_distances_newest, ctextscan_mix_newest, tables, tokens, count, scratch, state,
        states);
}

#else

#define ctextscan_shapes_newer ctextscan_shapes_base
#define ctextscan_shapes_newest ctextscan_shapes_base

#endif

/// As `ctextscan_shapes_by`.
static inline void ctextscan_shapes(
    int form, const ctextscan_shape_tables *tables, const ctextscan_token *tokens, size_t count,
    ctextscan_shape_scratch scratch, ctextscan_shape_state *state, uint64_t *states) {
    if (form > 1) {
        ctextscan_shapes_newest(tables, tokens, count, scratch, state, states);
    } else if (form == 1) {
        ctextscan_shapes_newer(tables, tokens, count, scratch, state, states);
    } else {
        ctextscan_shapes_base(tables, tokens, count, scratch, state, states);
    }
}

#endif
