/// Where text may hold a sequence that stands for something else: what `TextSequence` undoes.
///
/// Part of CTextScan.h. Marked are at least all sequences that are undone, and few places besides.
#ifndef CTEXTSEQUENCES_H
#define CTEXTSEQUENCES_H

static inline int ctextscan_is_hex(uint8_t octet) {
    return (uint8_t)(octet - '0') < 10 || (uint8_t)((octet | 0x20) - 'a') < 6;
}

/// Whether one may begin at `text`, of which `left` octets are to be seen; near the end the answer is yes.
static inline int ctextscan_is_sequence(const uint8_t *text, size_t left) {
    if (left < 3 || text[0] == 0 || text[0] == 0x1B) return 1;
    const uint8_t second = text[1], third = text[2];
    switch (text[0]) {
    case '%':
        return ctextscan_is_hex(second) & ctextscan_is_hex(third);
    case '=':
        return ctextscan_is_hex(second) & ctextscan_is_hex(third) & (second < 'a') & (third < 'a')
            & ((second >= '8') | (second == '0') | (second == '2') | (second == '3'));
    case '<':
        return second == 's' ? third == 'p' : second == 'b' ? third == 'r' : (second == '/') & (third == 's');
    default:
        switch (second) {
        case '#': return 1;
        case 'l': case 'g': return third == 't';
        case 'a': return (third == 'm') | (third == 'p');
        case 'q': return third == 'u';
        case 'n': return third == 'b';
        case 's': return third == 'h';
        default: return 0;
        }
    }
}

/// Adds to the stops of `count` octets at `text`, which were classified, those of sequences: the form that every machine has.
static inline void ctextscan_mark_sequences_plain(const uint8_t *text, size_t count, uint64_t *stops) {
    for (size_t place = 0; place < count; place++) {
        const uint8_t octet = text[place];
        if (octet == '&' || octet == '%' || octet == '=' || octet == '<' || octet == 0x1B || octet == 0)
            if (ctextscan_is_sequence(text + place, count - place)) stops[place / 64] |= 1ull << (place & 63);
    }
}

/// Keeps of a block's candidates those that may begin a sequence.
static inline __attribute__((always_inline)) uint64_t ctextscan_check_sequences(
    const uint8_t *text, size_t count, size_t base, uint64_t candidates) {
    uint64_t kept = 0;
    for (; candidates != 0; candidates &= candidates - 1) {
        const size_t place = base + (size_t)__builtin_ctzll(candidates);
        if (ctextscan_is_sequence(text + place, count - place)) kept |= candidates & -candidates;
    }
    return kept;
}

#if defined(__SSE2__)

/// As the plain form, 64 octets and the ones after them at a time; the last block is read one by one.
static inline void ctextscan_mark_sequences_base(const uint8_t *text, size_t count, uint64_t *stops) {
    size_t block = 0;
    for (; block * 64 + 65 <= count; block++) {
        uint64_t candidates = 0;
        for (unsigned part = 0; part < 4; part++) {
            const __m128i octets = _mm_loadu_si128((const __m128i *)(text + block * 64 + 16 * part));
            const __m128i nexts = _mm_loadu_si128((const __m128i *)(text + block * 64 + 16 * part + 1));
            const __m128i ampersand = _mm_cmpeq_epi8(octets, _mm_set1_epi8('&'));
            const __m128i less = _mm_cmpeq_epi8(octets, _mm_set1_epi8('<'));
            const __m128i escape = _mm_or_si128(
                _mm_cmpeq_epi8(octets, _mm_set1_epi8('%')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('=')));
            // An ampersand and `#` or a small letter; an angle and `/` or a small letter; an escape and a digit or a letter.
            const __m128i letter = _mm_cmpgt_epi8(nexts, _mm_set1_epi8('a' - 1));
            const __m128i digit = _mm_and_si128(
                _mm_cmpgt_epi8(nexts, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(nexts, _mm_set1_epi8('g')));
            const __m128i begins = _mm_or_si128(
                _mm_or_si128(
                    _mm_and_si128(ampersand, _mm_or_si128(letter, _mm_cmpeq_epi8(nexts, _mm_set1_epi8('#')))),
                    _mm_and_si128(less, _mm_or_si128(letter, _mm_cmpeq_epi8(nexts, _mm_set1_epi8('/'))))),
                _mm_and_si128(escape, digit));
            const __m128i control = _mm_or_si128(
                _mm_cmpeq_epi8(octets, _mm_setzero_si128()), _mm_cmpeq_epi8(octets, _mm_set1_epi8(0x1B)));
            candidates |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(begins, control)) << (16 * part);
        }
        if (candidates != 0) stops[block] |= ctextscan_check_sequences(text, count, block * 64, candidates);
    }
    if (block * 64 < count) ctextscan_mark_sequences_plain(text + block * 64, count - block * 64, stops + block);
}

CTEXTSCAN_NEWER static void ctextscan_mark_sequences_newer(const uint8_t *text, size_t count, uint64_t *stops) {
    size_t block = 0;
    for (; block * 64 + 65 <= count; block++) {
        uint64_t candidates = 0;
        for (unsigned part = 0; part < 2; part++) {
            const __m256i octets = _mm256_loadu_si256((const __m256i *)(text + block * 64 + 32 * part));
            const __m256i nexts = _mm256_loadu_si256((const __m256i *)(text + block * 64 + 32 * part + 1));
            const __m256i ampersand = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('&'));
            const __m256i less = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('<'));
            const __m256i escape = _mm256_or_si256(
                _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('%')), _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('=')));
            const __m256i letter = _mm256_cmpgt_epi8(nexts, _mm256_set1_epi8('a' - 1));
            const __m256i digit = _mm256_and_si256(
                _mm256_cmpgt_epi8(nexts, _mm256_set1_epi8('0' - 1)), _mm256_cmpgt_epi8(_mm256_set1_epi8('g'), nexts));
            const __m256i begins = _mm256_or_si256(
                _mm256_or_si256(
                    _mm256_and_si256(ampersand, _mm256_or_si256(letter, _mm256_cmpeq_epi8(nexts, _mm256_set1_epi8('#')))),
                    _mm256_and_si256(less, _mm256_or_si256(letter, _mm256_cmpeq_epi8(nexts, _mm256_set1_epi8('/'))))),
                _mm256_and_si256(escape, digit));
            const __m256i control = _mm256_or_si256(
                _mm256_cmpeq_epi8(octets, _mm256_setzero_si256()), _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(0x1B)));
            candidates |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_or_si256(begins, control)) << (32 * part);
        }
        if (candidates != 0) stops[block] |= ctextscan_check_sequences(text, count, block * 64, candidates);
    }
    if (block * 64 < count) ctextscan_mark_sequences_plain(text + block * 64, count - block * 64, stops + block);
}

/// What may come first in a sequence, and what behind it: where both have a bit in common is a candidate.
static const uint8_t ctextscan_sequence_firsts[128] = {['&'] = 1, ['<'] = 2, ['%'] = 4, ['='] = 4};
static const uint8_t ctextscan_sequence_seconds[128] = {
    ['#'] = 1, ['/'] = 2, ['s'] = 1 | 2, ['b'] = 2 | 4, ['l'] = 1, ['g'] = 1, ['a'] = 1 | 4, ['q'] = 1, ['n'] = 1,
    ['0'] = 4, ['1'] = 4, ['2'] = 4, ['3'] = 4, ['4'] = 4, ['5'] = 4, ['6'] = 4, ['7'] = 4, ['8'] = 4, ['9'] = 4,
    ['A'] = 4, ['B'] = 4, ['C'] = 4, ['D'] = 4, ['E'] = 4, ['F'] = 4, ['c'] = 4, ['d'] = 4, ['e'] = 4, ['f'] = 4,
};

CTEXTSCAN_NEWEST static void ctextscan_mark_sequences_newest(const uint8_t *text, size_t count, uint64_t *stops) {
    const __m512i firsts[2] = {
        _mm512_loadu_si512(ctextscan_sequence_firsts), _mm512_loadu_si512(ctextscan_sequence_firsts + 64)};
    const __m512i seconds[2] = {
        _mm512_loadu_si512(ctextscan_sequence_seconds), _mm512_loadu_si512(ctextscan_sequence_seconds + 64)};
    size_t block = 0;
    for (; block * 64 + 65 <= count; block++) {
        const __m512i octets = _mm512_loadu_si512(text + block * 64), nexts = _mm512_loadu_si512(text + block * 64 + 1);
        const __m512i first = _mm512_permutex2var_epi8(firsts[0], octets, firsts[1]);
        const __m512i second = _mm512_permutex2var_epi8(seconds[0], nexts, seconds[1]);
        const uint64_t high = _mm512_movepi8_mask(_mm512_or_si512(octets, nexts));
        const uint64_t candidates = (_mm512_test_epi8_mask(first, second) & ~high)
            | _mm512_testn_epi8_mask(octets, octets) | _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8(0x1B));
        if (candidates != 0) stops[block] |= ctextscan_check_sequences(text, count, block * 64, candidates);
    }
    if (block * 64 < count) ctextscan_mark_sequences_plain(text + block * 64, count - block * 64, stops + block);
}

#else

#define ctextscan_mark_sequences_newest ctextscan_mark_sequences_plain
#define ctextscan_mark_sequences_base ctextscan_mark_sequences_plain
#define ctextscan_mark_sequences_newer ctextscan_mark_sequences_plain

#endif

/// Adds to the stops that `ctextscan_classify_all` gave for the same octets those of sequences.
static inline void ctextscan_mark_sequences(int form, const uint8_t *text, size_t count, uint64_t *stops) {
    if (form > 1) {
        ctextscan_mark_sequences_newest(text, count, stops);
    } else if (form == 1) {
        ctextscan_mark_sequences_newer(text, count, stops);
    } else {
        ctextscan_mark_sequences_base(text, count, stops);
    }
}

#endif
