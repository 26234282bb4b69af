/// Which lines of text may be laid out by a tool: prefixed, dumped, put in columns. What `PromptWrappers` looks at closer.
///
/// Part of CTextScan.h. What is said of a line depends on the line alone.
#ifndef CTEXTLAYOUT_H
#define CTEXTLAYOUT_H

/// The octets of a block of 64, the first being the lowest bit.
typedef struct {
    /// Line feeds; spaces and tabs; tabs.
    uint64_t newlines, blanks, tabs;
    /// Octets that may, by themselves and the next one, begin a mark of layout.
    uint64_t marks;
} ctextscan_layout;

/// The form that every machine has; the octet after the block is read too.
static inline ctextscan_layout ctextscan_layout_plain(const uint8_t *block) {
    ctextscan_layout layout = {0, 0, 0, 0};
    for (unsigned place = 0; place < 64; place++) {
        const uint8_t octet = block[place], next = block[place + 1];
        const uint64_t bit = 1ull << place;
        if (octet == '\n') layout.newlines |= bit;
        if (octet == ' ' || octet == '\t') layout.blanks |= bit;
        if (octet == '\t') layout.tabs |= bit;
        const int begins = ((octet == ':' || octet == '-' || octet == '[') && (uint8_t)(next - '0') < 10)
            || (octet == next && (octet == '@' || octet == '*' || octet == '+' || octet == '0' || octet == '.'))
            || ((octet == '|' || octet == '<' || octet == '>') && next <= ' ') || (octet == '=' && next <= '\r')
            || (octet == '[' && next == '-') || (octet == '{' && next == '+') || (octet == '\\' && next == 'n')
            || (octet == 0x1B && next == '[');
        if (begins) layout.marks |= bit;
    }
    return layout;
}

#if defined(__SSE2__)

static inline ctextscan_layout ctextscan_layout_base(const uint8_t *block) {
    ctextscan_layout layout = {0, 0, 0, 0};
    for (unsigned part = 0; part < 4; part++) {
        const __m128i octets = _mm_loadu_si128((const __m128i *)(block + 16 * part));
        const __m128i nexts = _mm_loadu_si128((const __m128i *)(block + 16 * part + 1));
        const __m128i tab = _mm_cmpeq_epi8(octets, _mm_set1_epi8('\t'));
        const __m128i blank = _mm_or_si128(tab, _mm_cmpeq_epi8(octets, _mm_set1_epi8(' ')));
        const __m128i digit = _mm_cmplt_epi8(_mm_add_epi8(nexts, _mm_set1_epi8((char)(0x80 - '0'))), _mm_set1_epi8(-128 + 10));
        const __m128i low = _mm_cmpgt_epi8(nexts, _mm_set1_epi8(-1));
        const __m128i space = _mm_and_si128(low, _mm_cmplt_epi8(nexts, _mm_set1_epi8(' ' + 1)));
        const __m128i end = _mm_and_si128(low, _mm_cmplt_epi8(nexts, _mm_set1_epi8('\r' + 1)));
        const __m128i bracket = _mm_cmpeq_epi8(octets, _mm_set1_epi8('['));
        const __m128i separator = _mm_or_si128(
            bracket,
            _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8(':')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('-'))));
        const __m128i twice = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('@')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('*'))),
            _mm_or_si128(
                _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('+')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('0'))),
                _mm_cmpeq_epi8(octets, _mm_set1_epi8('.'))));
        const __m128i pair = _mm_or_si128(
            _mm_or_si128(
                _mm_and_si128(bracket, _mm_cmpeq_epi8(nexts, _mm_set1_epi8('-'))),
                _mm_and_si128(
                    _mm_cmpeq_epi8(octets, _mm_set1_epi8('{')), _mm_cmpeq_epi8(nexts, _mm_set1_epi8('+')))),
            _mm_or_si128(
                _mm_and_si128(
                    _mm_cmpeq_epi8(octets, _mm_set1_epi8('\\')), _mm_cmpeq_epi8(nexts, _mm_set1_epi8('n'))),
                _mm_and_si128(
                    _mm_cmpeq_epi8(octets, _mm_set1_epi8(0x1B)), _mm_cmpeq_epi8(nexts, _mm_set1_epi8('[')))));
        const __m128i gutter = _mm_or_si128(
            _mm_cmpeq_epi8(octets, _mm_set1_epi8('|')),
            _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('<')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('>'))));
        const __m128i marks = _mm_or_si128(
            _mm_or_si128(_mm_and_si128(separator, digit), _mm_and_si128(twice, _mm_cmpeq_epi8(octets, nexts))),
            _mm_or_si128(
                _mm_or_si128(pair, _mm_and_si128(gutter, space)),
                _mm_and_si128(end, _mm_cmpeq_epi8(octets, _mm_set1_epi8('=')))));
        const unsigned shift = 16 * part;
        layout.newlines |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, _mm_set1_epi8('\n'))) << shift;
        layout.blanks |= (uint64_t)(uint32_t)_mm_movemask_epi8(blank) << shift;
        layout.tabs |= (uint64_t)(uint32_t)_mm_movemask_epi8(tab) << shift;
        layout.marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(marks) << shift;
    }
    return layout;
}

CTEXTSCAN_NEWER static inline ctextscan_layout ctextscan_layout_newer(const uint8_t *block) {
    ctextscan_layout layout = {0, 0, 0, 0};
    for (unsigned part = 0; part < 2; part++) {
        const __m256i octets = _mm256_loadu_si256((const __m256i *)(block + 32 * part));
        const __m256i nexts = _mm256_loadu_si256((const __m256i *)(block + 32 * part + 1));
        const __m256i tab = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\t'));
        const __m256i blank = _mm256_or_si256(tab, _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(' ')));
        const __m256i digit = _mm256_cmpgt_epi8(
            _mm256_set1_epi8(-128 + 10), _mm256_add_epi8(nexts, _mm256_set1_epi8((char)(0x80 - '0'))));
        const __m256i low = _mm256_cmpgt_epi8(nexts, _mm256_set1_epi8(-1));
        const __m256i space = _mm256_and_si256(low, _mm256_cmpgt_epi8(_mm256_set1_epi8(' ' + 1), nexts));
        const __m256i end = _mm256_and_si256(low, _mm256_cmpgt_epi8(_mm256_set1_epi8('\r' + 1), nexts));
        const __m256i bracket = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('['));
        const __m256i separator = _mm256_or_si256(
            bracket,
            _mm256_or_si256(
                _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(':')), _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('-'))));
        const __m256i pair = _mm256_or_si256(
            _mm256_or_si256(
                _mm256_and_si256(bracket, _mm256_cmpeq_epi8(nexts, _mm256_set1_epi8('-'))),
                _mm256_and_si256(
                    _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('{')), _mm256_cmpeq_epi8(nexts, _mm256_set1_epi8('+')))),
            _mm256_or_si256(
                _mm256_and_si256(
                    _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\\')), _mm256_cmpeq_epi8(nexts, _mm256_set1_epi8('n'))),
                _mm256_and_si256(
                    _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(0x1B)), _mm256_cmpeq_epi8(nexts, _mm256_set1_epi8('[')))));
        const __m256i twice = _mm256_or_si256(
            _mm256_or_si256(
                _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('@')), _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('*'))),
            _mm256_or_si256(
                _mm256_or_si256(
                    _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('+')), _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('0'))),
                _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('.'))));
        const __m256i gutter = _mm256_or_si256(
            _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('|')),
            _mm256_or_si256(
                _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('<')), _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('>'))));
        const __m256i marks = _mm256_or_si256(
            _mm256_or_si256(
                _mm256_and_si256(separator, digit), _mm256_and_si256(twice, _mm256_cmpeq_epi8(octets, nexts))),
            _mm256_or_si256(
                _mm256_or_si256(pair, _mm256_and_si256(gutter, space)),
                _mm256_and_si256(end, _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('=')))));
        const unsigned shift = 32 * part;
        layout.newlines |=
            (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\n'))) << shift;
        layout.blanks |= (uint64_t)(uint32_t)_mm256_movemask_epi8(blank) << shift;
        layout.tabs |= (uint64_t)(uint32_t)_mm256_movemask_epi8(tab) << shift;
        layout.marks |= (uint64_t)(uint32_t)_mm256_movemask_epi8(marks) << shift;
    }
    return layout;
}

/// What may come first in a mark of layout, and what behind it: where both have a bit in common is a mark.
static const uint8_t ctextscan_mark_firsts[128] = {
    [':'] = 1, ['-'] = 1, ['['] = 1 | 8, ['|'] = 2, ['<'] = 2, ['>'] = 2, ['='] = 4, ['{'] = 16, ['\\'] = 32, [0x1B] = 64,
    ['@'] = 128, ['*'] = 128, ['+'] = 128, ['0'] = 128, ['.'] = 128,
};
static const uint8_t ctextscan_mark_seconds[128] = {
    [0] = 2 | 4, [1] = 2 | 4, [2] = 2 | 4, [3] = 2 | 4, [4] = 2 | 4, [5] = 2 | 4, [6] = 2 | 4, [7] = 2 | 4, [8] = 2 | 4,
    [9] = 2 | 4, [10] = 2 | 4, [11] = 2 | 4, [12] = 2 | 4, [13] = 2 | 4, [14] = 2, [15] = 2, [16] = 2, [17] = 2, [18] = 2,
    [19] = 2, [20] = 2, [21] = 2, [22] = 2, [23] = 2, [24] = 2, [25] = 2, [26] = 2, [27] = 2, [28] = 2, [29] = 2, [30] = 2,
    [31] = 2, [' '] = 2, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1,
    ['9'] = 1, ['-'] = 8, ['+'] = 16, ['n'] = 32, ['['] = 64,
};

CTEXTSCAN_NEWEST static inline ctextscan_layout ctextscan_layout_newest(const uint8_t *block) {
    const __m512i octets = _mm512_loadu_si512(block), nexts = _mm512_loadu_si512(block + 1);
    const __m512i first = _mm512_permutex2var_epi8(
        _mm512_loadu_si512(ctextscan_mark_firsts), octets, _mm512_loadu_si512(ctextscan_mark_firsts + 64));
    const __m512i second = _mm512_permutex2var_epi8(
        _mm512_loadu_si512(ctextscan_mark_seconds), nexts, _mm512_loadu_si512(ctextscan_mark_seconds + 64));
    const uint64_t plain = ~_mm512_movepi8_mask(octets), twice = _mm512_movepi8_mask(first);
    const uint64_t tabs = _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('\t'));
    const ctextscan_layout layout = {
        _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('\n')),
        tabs | _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8(' ')),
        tabs,
        plain & ((_mm512_test_epi8_mask(first, second) & ~_mm512_movepi8_mask(nexts))
            | (twice & _mm512_cmpeq_epi8_mask(octets, nexts))),
    };
    return layout;
}

#else

static inline ctextscan_layout ctextscan_layout_base(const uint8_t *block) { return ctextscan_layout_plain(block); }
#define ctextscan_layout_newer ctextscan_layout_base

#endif

/// Octets without a blank from which a run of them is looked at.
#define CTEXTSCAN_RUN 64
/// How far is looked ahead for the end of what a diff of words marks, and back over the blanks that a line begins with: so
/// that a line takes time by its length alone.
#define CTEXTSCAN_AHEAD 256

static inline int ctextscan_is_blank(uint8_t octet) { return octet == ' ' || octet == '\t'; }

/// Whether an octet may end a path or the year of a date.
static inline int ctextscan_is_name(uint8_t octet) {
    return (uint8_t)((octet | 0x20) - 'a') < 26 || (uint8_t)(octet - '0') < 10 || octet == '_' || octet == '+'
        || octet >= 0x80;
}

/// Whether a mark at `place` is one of layout; `start` is where its line begins.
static inline int ctextscan_is_mark(const uint8_t *text, size_t count, size_t start, size_t place) {
    const uint8_t octet = text[place];
    switch (octet) {
    case ':': case '-': {
        // Digits between two of the same behind a word, as after a path and in a date.
        if (place == start || !ctextscan_is_name(text[place - 1])) return 0;
        size_t next = place + 1;
        while (next < count && next - place < 9 && (uint8_t)(text[next] - '0') < 10) next++;
        return next < count && text[next] == octet;
    }
    case '@': return 1;
    case '*': case '+': case '.': return place == start && count - place > 3 && text[place + 2] == octet;
    case '0': case 0x1B: return place == start;
    case '=': return place - start >= CTEXTSCAN_RUN;
    case '[': case '{': {
        // A number at the start of the line; or words that a diff has taken out or put in.
        if (place == start) return 1;
        const uint8_t sign = octet == '[' ? '-' : '+', end = octet == '[' ? ']' : '}';
        if (text[place + 1] != sign) return 0;
        for (size_t next = place + 2; next + 1 < count && next < place + CTEXTSCAN_AHEAD && text[next] != '\n'; next++)
            if (text[next] == sign && text[next + 1] == end) return 1;
        return 0;
    }
    case '\\': {
        // The end of a string that is a line.
        if (count - place < 3 || (text[place + 2] != '"' && text[place + 2] != '\'')) return 0;
        size_t first = start;
        while (first < place && first - start < CTEXTSCAN_AHEAD && ctextscan_is_blank(text[first])) first++;
        if (text[first] != '"' && text[first] != '\'' && text[first] != '+') return 0;
        size_t next = place + 3;
        while (next < count && (text[next] == ',' || text[next] == '+' || text[next] == '\\' || text[next] == '\r'
                || ctextscan_is_blank(text[next])))
            next++;
        return next == count || text[next] == '\n';
    }
    default:
        if (octet == '|' && place == start) return 1;
        // Between columns.
        return place > start + 1 && (text[place - 1] == '\t' || (text[place - 1] == ' ' && ctextscan_is_blank(text[place - 2])));
    }
}

/// Whether what stands behind a gap in a line, at `place`, begins like the line: as in columns of equal lines.
static inline int ctextscan_is_column(const uint8_t *text, size_t count, size_t start, size_t place) {
    const size_t line = start;
    while (start < place && start - line < CTEXTSCAN_AHEAD && ctextscan_is_blank(text[start])) start++;
    return count - place > 3 && place - start > 3 && text[start] == text[place] && text[start + 1] == text[place + 1]
        && text[start + 2] == text[place + 2] && text[start + 3] == text[place + 3];
}

/// The first place in text, which begins at the start of a line, that may be of layout; `count` if there is none.
static inline __attribute__((always_inline)) size_t ctextscan_next_layout_by(
    ctextscan_layout (*classify)(const uint8_t *), const uint8_t *text, size_t count) {
    uint8_t last[128];
    // Of the block before: its blanks, whether it ended in a line's leading blanks, where the last line began and where the
    // last run of octets without blanks did.
    uint64_t blanks_before = 0, tabs_before = 0, leading_before = 0, is_start = 1;
    size_t line = 0, run = 0;
    for (size_t base = 0; base < count; base += 64) {
        const uint8_t *block = text + base;
        const size_t left = count - base;
        if (left < 65) {
            memset(last, 0, sizeof last);
            memcpy(last, block, left);
            block = last;
        }
        const ctextscan_layout layout = classify(block);
        const uint64_t blanks = layout.blanks, tabs = layout.tabs, newlines = layout.newlines;
        const uint64_t present = left >= 64 ? ~0ull : (1ull << left) - 1;
        // Blanks that nothing of their line stands before.
        const uint64_t starts = ((newlines << 1 | is_start) | leading_before) & blanks;
        const uint64_t leading = blanks & ~(blanks + starts);
        const uint64_t after = blanks << 1 | blanks_before >> 63;
        const uint64_t wide = (tabs << 1 | tabs_before >> 63 | (after & (blanks << 2 | blanks_before >> 62) & (blanks << 3 | blanks_before >> 61)))
            & ~(leading << 1 | leading_before);
        const uint64_t gaps = wide & ~blanks & ~newlines & present;
        uint64_t places = (layout.marks & present) | gaps;
        const uint64_t spaces = blanks | newlines;
        size_t long_run = count;
        if (spaces != 0) {
            // Between two blanks of one block there is no room for a run.
            if (base + (size_t)__builtin_ctzll(spaces) - run >= CTEXTSCAN_RUN) long_run = run;
            run = base + 64 - (size_t)__builtin_clzll(spaces);
        }
        for (; places != 0; places &= places - 1) {
            const unsigned bit = (unsigned)__builtin_ctzll(places);
            const size_t place = base + bit;
            const uint64_t before = newlines & ((1ull << bit) - 1);
            const size_t start = before != 0 ? base + 64 - (size_t)__builtin_clzll(before) : line;
            if (long_run < start) return long_run;
            const uint64_t mask = 1ull << bit;
            if ((layout.marks & mask && ctextscan_is_mark(text, count, start, place))
                || (gaps & mask && ctextscan_is_column(text, count, start, place)))
                return place;
        }
        if (long_run != count) return long_run;
        if (newlines != 0) line = base + 64 - (size_t)__builtin_clzll(newlines);
        blanks_before = blanks;
        tabs_before = tabs;
        leading_before = leading >> 63;
        is_start = newlines >> 63;
    }
    return count - run >= CTEXTSCAN_RUN ? run : count;
}

static inline size_t ctextscan_next_layout_base(const uint8_t *text, size_t count) {
    return ctextscan_next_layout_by(ctextscan_layout_base, text, count);
}

#if defined(CTEXTSCAN_NEWER)
CTEXTSCAN_NEWER static size_t ctextscan_next_layout_newer(const uint8_t *text, size_t count) {
    return ctextscan_next_layout_by(ctextscan_layout_newer, text, count);
}
CTEXTSCAN_NEWEST static size_t ctextscan_next_layout_newest(const uint8_t *text, size_t count) {
    return ctextscan_next_layout_by(ctextscan_layout_newest, text, count);
}
#else
#define ctextscan_next_layout_newer ctextscan_next_layout_base
#define ctextscan_next_layout_newest ctextscan_next_layout_base
#endif

/// As `ctextscan_next_layout_by`.
static inline size_t ctextscan_next_layout(int form, const uint8_t *text, size_t count) {
    return form > 1 ? ctextscan_next_layout_newest(text, count)
        : form == 1 ? ctextscan_next_layout_newer(text, count)
                    : ctextscan_next_layout_base(text, count);
}

#endif
