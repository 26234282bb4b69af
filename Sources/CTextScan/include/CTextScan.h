/// What Swift's vectors cannot say: which octets of a block are of a kind, as one bit each, and what follows from it.
///
/// Each function reads exactly the octets that it names, whatever they hold. There is one form for SSE2, which every
/// x86-64 has, one for NEON, which every arm64 has, and a plain one, which the tests hold the others against. What is done
/// for each word is compiled again for the x86-64 of 2013 and later (AVX2, BMI) and for that of 2019 and later (AVX-512 with
/// VBMI and VBMI2), and chosen as the program runs.
#ifndef CTEXTSCAN_H
#define CTEXTSCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#define CTEXTSCAN_NEWER __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define CTEXTSCAN_NEWEST __attribute__((target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")))
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/// The octets of a block of 64, the first being the lowest bit.
typedef struct {
    /// Letters, digits, `_` and `$` of ASCII.
    uint64_t words;
    /// Backslashes, and octets from 0x80 up.
    uint64_t stops;
} ctextscan_classes;

/// The form that every machine has.
static inline ctextscan_classes ctextscan_classify_plain(const uint8_t *block) {
    ctextscan_classes classes = {0, 0};
    for (unsigned place = 0; place < 64; place++) {
        const uint8_t octet = block[place], letter = octet | 0x20;
        const int is_word = (uint8_t)(letter - 'a') < 26 || (uint8_t)(octet - '0') < 10 || octet == '_' || octet == '$';
        classes.words |= (uint64_t)is_word << place;
        classes.stops |= (uint64_t)(octet >= 0x80 || octet == '\\') << place;
    }
    return classes;
}

#if defined(__SSE2__)

/// Classifies the 64 octets at `block`.
static inline ctextscan_classes ctextscan_classify(const uint8_t *block) {
    ctextscan_classes classes = {0, 0};
    for (unsigned part = 0; part < 4; part++) {
        const __m128i octets = _mm_loadu_si128((const __m128i *)(block + 16 * part));
        // Ranges are moved to the bottom of the signed numbers, where one comparison tells.
        const __m128i letters = _mm_or_si128(octets, _mm_set1_epi8(0x20));
        const __m128i letter =
            _mm_cmplt_epi8(_mm_add_epi8(letters, _mm_set1_epi8((char)(0x80 - 'a'))), _mm_set1_epi8(-128 + 26));
        const __m128i digit =
            _mm_cmplt_epi8(_mm_add_epi8(octets, _mm_set1_epi8((char)(0x80 - '0'))), _mm_set1_epi8(-128 + 10));
        const __m128i mark = _mm_or_si128(
            _mm_cmpeq_epi8(octets, _mm_set1_epi8('_')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('$')));
        const __m128i word = _mm_or_si128(_mm_or_si128(letter, digit), mark);
        // The mask is made of the highest bits, which octets from 0x80 up have.
        const __m128i stop = _mm_or_si128(octets, _mm_cmpeq_epi8(octets, _mm_set1_epi8('\\')));
        classes.words |= (uint64_t)(uint32_t)_mm_movemask_epi8(word) << (16 * part);
        classes.stops |= (uint64_t)(uint32_t)_mm_movemask_epi8(stop) << (16 * part);
    }
    return classes;
}

#elif defined(__aarch64__) && defined(__ARM_NEON)

/// One bit for each octet of four vectors whose octets are all ones or zero.
static inline uint64_t ctextscan_mask(uint8x16_t first, uint8x16_t second, uint8x16_t third, uint8x16_t fourth) {
    static const uint8_t powers[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vld1q_u8(powers);
    const uint8x16_t low = vpaddq_u8(vandq_u8(first, bits), vandq_u8(second, bits));
    const uint8x16_t high = vpaddq_u8(vandq_u8(third, bits), vandq_u8(fourth, bits));
    const uint8x16_t pairs = vpaddq_u8(low, high);
    // The third sum of neighbours has eight bits in each octet.
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(pairs, pairs)), 0);
}

/// Classifies the 64 octets at `block`.
static inline ctextscan_classes ctextscan_classify(const uint8_t *block) {
    uint8x16_t words[4], stops[4];
    for (unsigned part = 0; part < 4; part++) {
        const uint8x16_t octets = vld1q_u8(block + 16 * part);
        const uint8x16_t letters = vorrq_u8(octets, vdupq_n_u8(0x20));
        const uint8x16_t letter = vcltq_u8(vsubq_u8(letters, vdupq_n_u8('a')), vdupq_n_u8(26));
        const uint8x16_t digit = vcltq_u8(vsubq_u8(octets, vdupq_n_u8('0')), vdupq_n_u8(10));
        const uint8x16_t mark = vorrq_u8(vceqq_u8(octets, vdupq_n_u8('_')), vceqq_u8(octets, vdupq_n_u8('$')));
        words[part] = vorrq_u8(vorrq_u8(letter, digit), mark);
        stops[part] = vorrq_u8(vcgeq_u8(octets, vdupq_n_u8(0x80)), vceqq_u8(octets, vdupq_n_u8('\\')));
    }
    const ctextscan_classes classes = {
        ctextscan_mask(words[0], words[1], words[2], words[3]),
        ctextscan_mask(stops[0], stops[1], stops[2], stops[3]),
    };
    return classes;
}

#else

/// Classifies the 64 octets at `block`.
static inline ctextscan_classes ctextscan_classify(const uint8_t *block) { return ctextscan_classify_plain(block); }

#endif

/// The last block, of which there are `count` octets: past the end is nothing.
static inline ctextscan_classes ctextscan_classify_last(const uint8_t *block, size_t count) {
    uint8_t last[64] = {0};
    memcpy(last, block, count);
    return ctextscan_classify(last);
}

/// The form of `ctextscan_classify_all` that every machine has.
static inline void ctextscan_classify_all_base(const uint8_t *text, size_t count, uint64_t *words, uint64_t *stops) {
    size_t block = 0;
    for (; (block + 1) * 64 <= count; block++) {
        const ctextscan_classes classes = ctextscan_classify(text + block * 64);
        words[block] = classes.words;
        stops[block] = classes.stops;
    }
    if (block * 64 < count) {
        const ctextscan_classes classes = ctextscan_classify_last(text + block * 64, count - block * 64);
        words[block] = classes.words;
        stops[block] = classes.stops;
    }
}

/// Writes `base` and the place of each of the bits, and gives their number; `places` has room for 64.
static inline __attribute__((always_inline)) size_t ctextscan_write_places(
    uint64_t bits, uint32_t base, uint32_t *places) {
    const size_t count = (size_t)__builtin_popcountll(bits);
    // Twenty-four without asking, since a branch for each would be guessed wrong once a block; few blocks have more.
    for (size_t place = 0; place < 24; place++) {
        places[place] = base + (uint32_t)__builtin_ctzll(bits | 1ull << 63);
        bits &= bits - 1;
    }
    for (size_t place = 24; bits != 0; place++) {
        places[place] = base + (uint32_t)__builtin_ctzll(bits);
        bits &= bits - 1;
    }
    return count;
}

/// Writes the places of the bits that differ from the bit before, of blocks `first` to `last`, and gives their number.
///
/// Of the first block only the bits in `head` count, of the last only the turns in `tail`. `places` has room for 64 more than
/// there are.
static inline __attribute__((always_inline)) size_t ctextscan_turns_base(
    const uint64_t *words, size_t first, size_t last, uint64_t head, uint64_t tail, uint32_t *places) {
    size_t count = 0;
    uint64_t carry = 0, mask = head;
    for (size_t block = first; block <= last; block++) {
        const uint64_t run = words[block] & mask;
        uint64_t turns = run ^ (run << 1 | carry);
        carry = run >> 63;
        mask = ~0ull;
        if (block == last) turns &= tail;
        count += ctextscan_write_places(turns, (uint32_t)(block * 64), places + count);
    }
    return count;
}

/// The kinds of octets between words that mean something to the shape of code: 1 for punctuation, 2 for an end of line.
///
/// White space, quotes and control characters mean nothing; the backslash is among the punctuation.
static const uint8_t ctextscan_kinds[128] = {
    ['\n'] = 2, ['\r'] = 2,
    ['!'] = 1, ['#'] = 1, ['%'] = 1, ['&'] = 1, ['('] = 1, [')'] = 1, ['*'] = 1, ['+'] = 1, [','] = 1, ['-'] = 1,
    ['.'] = 1, ['/'] = 1, [':'] = 1, [';'] = 1, ['<'] = 1, ['='] = 1, ['>'] = 1, ['?'] = 1, ['@'] = 1, ['['] = 1,
    ['\\'] = 1, [']'] = 1, ['^'] = 1, ['{'] = 1, ['|'] = 1, ['}'] = 1, ['~'] = 1,
};

/// The form of `ctextscan_mark_all` that every machine has.
static inline void ctextscan_mark_all_base(const uint8_t *text, size_t count, uint64_t *marks, uint64_t *lines) {
    for (size_t block = 0; block * 64 < count; block++) {
        const size_t left = count - block * 64, here = left < 64 ? left : 64;
        uint64_t mark = 0, line = 0;
        for (size_t place = 0; place < here; place++) {
            const uint8_t octet = text[block * 64 + place];
            const uint64_t kind = octet < 128 ? ctextscan_kinds[octet] : 0;
            mark |= (kind & 1) << place;
            line |= (kind >> 1) << place;
        }
        marks[block] = mark;
        lines[block] = line;
    }
}

/// Writes the places where runs of words begin, and of the marks between them, of blocks `first` to `last`, and gives their
/// number.
///
/// Of the first block only the bits in `head` count, of the last only those in `tail`; `places` has room for 64 more than
/// there are.
static inline __attribute__((always_inline)) size_t ctextscan_events_base(
    const uint64_t *words, const uint64_t *marks, size_t first, size_t last, uint64_t head, uint64_t tail,
    uint32_t *places) {
    size_t count = 0;
    uint64_t carry = 0, mask = head;
    for (size_t block = first; block <= last; block++) {
        const uint64_t run = words[block] & mask;
        uint64_t events = (run & ~(run << 1 | carry)) | (marks[block] & mask);
        carry = run >> 63;
        mask = ~0ull;
        if (block == last) events &= tail;
        count += ctextscan_write_places(events, (uint32_t)(block * 64), places + count);
    }
    return count;
}

#if defined(CTEXTSCAN_NEWER)

CTEXTSCAN_NEWER static void ctextscan_classify_all_newer(
    const uint8_t *text, size_t count, uint64_t *words, uint64_t *stops) {
    size_t block = 0;
    for (; (block + 1) * 64 <= count; block++) {
        uint64_t word_bits = 0, stop_bits = 0;
        for (unsigned part = 0; part < 2; part++) {
            const __m256i octets = _mm256_loadu_si256((const __m256i *)(text + block * 64 + 32 * part));
            // As in `ctextscan_classify`; there is no "less" here, so the sides change.
            const __m256i letters = _mm256_or_si256(octets, _mm256_set1_epi8(0x20));
            const __m256i letter = _mm256_cmpgt_epi8(
                _mm256_set1_epi8(-128 + 26), _mm256_add_epi8(letters, _mm256_set1_epi8((char)(0x80 - 'a'))));
            const __m256i digit = _mm256_cmpgt_epi8(
                _mm256_set1_epi8(-128 + 10), _mm256_add_epi8(octets, _mm256_set1_epi8((char)(0x80 - '0'))));
            const __m256i mark = _mm256_or_si256(
                _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('_')), _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('$')));
            const __m256i word = _mm256_or_si256(_mm256_or_si256(letter, digit), mark);
            const __m256i stop = _mm256_or_si256(octets, _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\\')));
            word_bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(word) << (32 * part);
            stop_bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(stop) << (32 * part);
        }
        words[block] = word_bits;
        stops[block] = stop_bits;
    }
    if (block * 64 < count) {
        const ctextscan_classes classes = ctextscan_classify_last(text + block * 64, count - block * 64);
        words[block] = classes.words;
        stops[block] = classes.stops;
    }
}

CTEXTSCAN_NEWER static size_t ctextscan_turns_newer(
    const uint64_t *words, size_t first, size_t last, uint64_t head, uint64_t tail, uint32_t *places) {
    return ctextscan_turns_base(words, first, last, head, tail, places);
}

/// As `ctextscan_mark_all_base`: what is a mark is looked up by the halves of an octet.
CTEXTSCAN_NEWER static void ctextscan_mark_all_newer(
    const uint8_t *text, size_t count, uint64_t *marks, uint64_t *lines) {
    // For each low half of an octet the high halves that make a mark of it, one bit each.
    static const uint8_t rows[16] = {
        0x10, 0x04, 0x00, 0x04, 0x00, 0x04, 0x04, 0x00,
        0x04, 0x04, 0x0C, 0xAC, 0xAC, 0xAC, 0xAC, 0x0C,
    };
    static const uint8_t bits[16] = {1, 2, 4, 8, 16, 32, 64, 128};
    const __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)rows));
    const __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)bits));
    const __m256i half = _mm256_set1_epi8(15), none = _mm256_setzero_si256();
    for (size_t block = 0; block * 64 < count; block++) {
        uint8_t last[64] = {0};
        const uint8_t *from = text + block * 64;
        if (count - block * 64 < 64) from = memcpy(last, from, count - block * 64);
        uint64_t mark_bits = 0, line_bits = 0;
        for (unsigned part = 0; part < 2; part++) {
            const __m256i octets = _mm256_loadu_si256((const __m256i *)(from + 32 * part));
            const __m256i row = _mm256_shuffle_epi8(low, _mm256_and_si256(octets, half));
            const __m256i bit = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(octets, 4), half));
            const __m256i other = _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), none);
            const __m256i line = _mm256_or_si256(
                _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\n')), _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\r')));
            mark_bits |= (uint64_t)(uint32_t)~_mm256_movemask_epi8(other) << (32 * part);
            line_bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(line) << (32 * part);
        }
        marks[block] = mark_bits;
        lines[block] = line_bits;
    }
}

CTEXTSCAN_NEWER static size_t ctextscan_events_newer(
    const uint64_t *words, const uint64_t *marks, size_t first, size_t last, uint64_t head, uint64_t tail,
    uint32_t *places) {
    return ctextscan_events_base(words, marks, first, last, head, tail, places);
}

CTEXTSCAN_NEWEST static void ctextscan_classify_all_newest(
    const uint8_t *text, size_t count, uint64_t *words, uint64_t *stops) {
    for (size_t block = 0; block * 64 < count; block++) {
        const size_t left = count - block * 64;
        // Octets past the end are not read.
        const uint64_t present = left >= 64 ? ~0ull : _bzhi_u64(~0ull, left);
        const __m512i octets = _mm512_maskz_loadu_epi8(present, text + block * 64);
        const __m512i letters = _mm512_or_si512(octets, _mm512_set1_epi8(0x20));
        words[block] = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(letters, _mm512_set1_epi8('a')), _mm512_set1_epi8(26))
            | _mm512_cmplt_epu8_mask(_mm512_sub_epi8(octets, _mm512_set1_epi8('0')), _mm512_set1_epi8(10))
            | _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('_'))
            | _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('$'));
        stops[block] = _mm512_movepi8_mask(octets) | _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('\\'));
    }
}

/// As `ctextscan_mark_all_base`.
CTEXTSCAN_NEWEST static void ctextscan_mark_all_newest(
    const uint8_t *text, size_t count, uint64_t *marks, uint64_t *lines) {
    const __m512i low = _mm512_loadu_si512(ctextscan_kinds), high = _mm512_loadu_si512(ctextscan_kinds + 64);
    for (size_t block = 0; block * 64 < count; block++) {
        const size_t left = count - block * 64;
        const uint64_t present = left >= 64 ? ~0ull : _bzhi_u64(~0ull, left);
        const __m512i octets = _mm512_maskz_loadu_epi8(present, text + block * 64);
        const __m512i kinds = _mm512_permutex2var_epi8(low, octets, high);
        marks[block] = _mm512_test_epi8_mask(kinds, _mm512_set1_epi8(1)) & ~(uint64_t)_mm512_movepi8_mask(octets);
        lines[block] = _mm512_test_epi8_mask(kinds, _mm512_set1_epi8(2)) & ~(uint64_t)_mm512_movepi8_mask(octets);
    }
}

/// The numbers from 0 to 63.
CTEXTSCAN_NEWEST static inline __m512i ctextscan_numbers(void) {
    const __m512i sixteen = _mm512_set1_epi8(16);
    const __m512i quarter = _mm512_broadcast_i32x4(_mm_set_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    const __m512i half = _mm512_mask_add_epi8(quarter, 0xFFFF0000FFFF0000ull, quarter, sixteen);
    return _mm512_mask_add_epi8(half, 0xFFFFFFFF00000000ull, half, _mm512_add_epi8(sixteen, sixteen));
}

/// Writes `base` and the places of bits, which `numbers` are pressed together by; gives how many there are.
CTEXTSCAN_NEWEST static inline size_t ctextscan_press(uint64_t bits, __m512i numbers, size_t from, uint32_t *to) {
    const size_t here = (size_t)__builtin_popcountll(bits);
    const __m512i pressed = _mm512_maskz_compress_epi8(bits, numbers);
    const __m512i base = _mm512_set1_epi32((int)from);
    _mm512_storeu_si512(to, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(pressed))));
    _mm512_storeu_si512(to + 16, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(pressed, 1))));
    if (here > 32) {
        _mm512_storeu_si512(
            to + 32, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(pressed, 2))));
        _mm512_storeu_si512(
            to + 48, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(pressed, 3))));
    }
    return here;
}

/// As `ctextscan_turns_base`.
CTEXTSCAN_NEWEST static size_t ctextscan_turns_newest(
    const uint64_t *words, size_t first, size_t last, uint64_t head, uint64_t tail, uint32_t *places) {
    const __m512i numbers = ctextscan_numbers();
    size_t count = 0;
    uint64_t carry = 0, mask = head;
    for (size_t block = first; block <= last; block++) {
        const uint64_t run = words[block] & mask;
        uint64_t turns = run ^ (run << 1 | carry);
        carry = run >> 63;
        mask = ~0ull;
        if (block == last) turns &= tail;
        count += ctextscan_press(turns, numbers, block * 64, places + count);
    }
    return count;
}

/// As `ctextscan_events_base`.
CTEXTSCAN_NEWEST static size_t ctextscan_events_newest(
    const uint64_t *words, const uint64_t *marks, size_t first, size_t last, uint64_t head, uint64_t tail,
    uint32_t *places) {
    const __m512i numbers = ctextscan_numbers();
    size_t count = 0;
    uint64_t carry = 0, mask = head;
    for (size_t block = first; block <= last; block++) {
        const uint64_t run = words[block] & mask;
        uint64_t events = (run & ~(run << 1 | carry)) | (marks[block] & mask);
        carry = run >> 63;
        mask = ~0ull;
        if (block == last) events &= tail;
        count += ctextscan_press(events, numbers, block * 64, places + count);
    }
    return count;
}

/// The newest form that this machine can run: 0 is the one that every machine can, 1 that of AVX2, 2 that of AVX-512.
static inline int ctextscan_form(void) {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2")
        || !__builtin_cpu_supports("popcnt"))
        return 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi")
            && __builtin_cpu_supports("avx512vbmi2")
        ? 2
        : 1;
}

#else

#define ctextscan_classify_all_newer ctextscan_classify_all_base
#define ctextscan_classify_all_newest ctextscan_classify_all_base
#define ctextscan_turns_newer ctextscan_turns_base
#define ctextscan_turns_newest ctextscan_turns_base
#define ctextscan_mark_all_newer ctextscan_mark_all_base
#define ctextscan_mark_all_newest ctextscan_mark_all_base
#define ctextscan_events_newer ctextscan_events_base
#define ctextscan_events_newest ctextscan_events_base

static inline int ctextscan_form(void) { return 0; }

#endif

/// Classifies `count` octets at `text`, block by block; past the end is nothing.
///
/// `words` and `stops` have one element for each block begun. `form` is at most what `ctextscan_form` gives.
static inline void ctextscan_classify_all(
    int form, const uint8_t *text, size_t count, uint64_t *words, uint64_t *stops) {
    if (form > 1) {
        ctextscan_classify_all_newest(text, count, words, stops);
    } else if (form == 1) {
        ctextscan_classify_all_newer(text, count, words, stops);
    } else {
        ctextscan_classify_all_base(text, count, words, stops);
    }
}

/// As `ctextscan_turns_base`.
static inline size_t ctextscan_turns(
    int form, const uint64_t *words, size_t first, size_t last, uint64_t head, uint64_t tail, uint32_t *places) {
    return form > 1 ? ctextscan_turns_newest(words, first, last, head, tail, places)
        : form == 1 ? ctextscan_turns_newer(words, first, last, head, tail, places)
                    : ctextscan_turns_base(words, first, last, head, tail, places);
}

/// Finds the marks and the ends of lines of `count` octets at `text`, block by block; past the end is nothing.
static inline void ctextscan_mark_all(
    int form, const uint8_t *text, size_t count, uint64_t *marks, uint64_t *lines) {
    if (form > 1) {
        ctextscan_mark_all_newest(text, count, marks, lines);
    } else if (form == 1) {
        ctextscan_mark_all_newer(text, count, marks, lines);
    } else {
        ctextscan_mark_all_base(text, count, marks, lines);
    }
}

/// As `ctextscan_events_base`.
static inline size_t ctextscan_events(
    int form, const uint64_t *words, const uint64_t *marks, size_t first, size_t last, uint64_t head, uint64_t tail,
    uint32_t *places) {
    return form > 1 ? ctextscan_events_newest(words, marks, first, last, head, tail, places)
        : form == 1 ? ctextscan_events_newer(words, marks, first, last, head, tail, places)
                    : ctextscan_events_base(words, marks, first, last, head, tail, places);
}

#include "CTextUnescape.h"
#include "CTextLayout.h"
#include "CTextSequences.h"
#include "CTextDigest.h"
#include "CTextEscapes.h"
#include "CTextLines.h"
#include "CTextWords.h"
#include "CTextTokens.h"
#include "CTextShapes.h"
#include "CTextFilter.h"

#endif
