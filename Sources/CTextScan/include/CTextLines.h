/// Which lines of a slice may begin with a number: what `SliceNumbers` looks at closer.
///
/// Part of CTextScan.h. Of most lines one sum tells: added to the octets that belong to no word, the start of a line carries up to
/// the line's first word.
#ifndef CTEXTLINES_H
#define CTEXTLINES_H

/// Of the octets of a block those that may begin a number: all.
static inline uint64_t ctextscan_number_starts_base(const uint8_t *text, size_t left) {
    (void)text, (void)left;
    return ~0ull;
}

/// Whether a number begins at `text`, of which `left` octets are to be seen: a digit, or an l before one.
static inline int ctextscan_begins_number(const uint8_t *text, size_t left) {
    const int at = (text[0] | 0x20) == 'l' && left > 1;
    return (uint8_t)(text[at] - '0') < 10;
}

typedef uint64_t (*ctextscan_number_starts_form)(const uint8_t *, size_t);

/// Writes where those lines between `from` and `end` begin of which a number may be the first that belongs to a word, and gives
/// how many; `*last` is where the last line begins, -1 where none does.
///
/// `words` and `lines` tell which octets belong to words and end lines, a bit each; `places` has room for one for each line.
static inline __attribute__((always_inline)) size_t ctextscan_numbered_by(
    ctextscan_number_starts_form classify, const uint8_t *text, size_t from, size_t end, const uint64_t *words,
    const uint64_t *lines, uint32_t *places, ptrdiff_t *last) {
    size_t count = 0, start = 0;
    uint64_t is_open = 0;
    *last = -1;
    for (size_t base = from & ~(size_t)63; base < end; base += 64) {
        uint64_t ends = lines[base / 64];
        if (base < from) ends &= ~0ull << (from & 63);
        if (end - base < 64) ends &= (1ull << (end & 63)) - 1;
        if ((ends | is_open) == 0) continue;
        const uint64_t word = words[base / 64], other = ~word, starts = ends << 1 | is_open;
        unsigned long long sum;
        is_open = (uint64_t)__builtin_uaddll_overflow(other, starts & other, &sum) | ends >> 63;
        uint64_t firsts = ((sum | starts) & word) & classify(text + base, end - base);
        for (; firsts != 0; firsts &= firsts - 1) {
            const uint64_t before = ends & ((firsts & -firsts) - 1);
            const size_t place = base + (size_t)__builtin_ctzll(firsts);
            if (place >= end || !ctextscan_begins_number(text + place, end - place)) continue;
            places[count++] = (uint32_t)(before != 0 ? base + 64 - (size_t)__builtin_clzll(before) : start);
        }
        if (ends != 0) start = base + 64 - (size_t)__builtin_clzll(ends);
        if (ends != 0) *last = (ptrdiff_t)start;
    }
    return count;
}

static inline size_t ctextscan_numbered_base(
    const uint8_t *text, size_t from, size_t end, const uint64_t *words, const uint64_t *lines, uint32_t *places,
    ptrdiff_t *last) {
    return ctextscan_numbered_by(ctextscan_number_starts_base, text, from, end, words, lines, places, last);
}

#if defined(CTEXTSCAN_NEWEST)

CTEXTSCAN_NEWEST static inline uint64_t ctextscan_number_starts_newest(const uint8_t *text, size_t left) {
    const __m512i octets = _mm512_maskz_loadu_epi8(left >= 64 ? ~0ull : _bzhi_u64(~0ull, left), text);
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(octets, _mm512_set1_epi8('0')), _mm512_set1_epi8(10))
        | _mm512_cmpeq_epi8_mask(_mm512_or_si512(octets, _mm512_set1_epi8(0x20)), _mm512_set1_epi8('l'));
}

CTEXTSCAN_NEWEST static size_t ctextscan_numbered_newest(
    const uint8_t *text, size_t from, size_t end, const uint64_t *words, const uint64_t *lines, uint32_t *places,
    ptrdiff_t *last) {
    return ctextscan_numbered_by(ctextscan_number_starts_newest, text, from, end, words, lines, places, last);
}

#else

#define ctextscan_numbered_newest ctextscan_numbered_base

#endif

/// As `ctextscan_numbered_by`.
static inline size_t ctextscan_numbered(
    int form, const uint8_t *text, size_t from, size_t end, const uint64_t *words, const uint64_t *lines,
    uint32_t *places, ptrdiff_t *last) {
    return form > 1 ? ctextscan_numbered_newest(text, from, end, words, lines, places, last)
                    : ctextscan_numbered_base(text, from, end, words, lines, places, last);
}

#endif
