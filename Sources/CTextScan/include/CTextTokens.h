/// The tokens of code among what was found in a slice of text.
///
/// Part of CTextScan.h. Words and most marks are tokens whatever stands around them; of the others it is told by the octets beside
/// them, or where the token before stands.
#ifndef CTEXTTOKENS_H
#define CTEXTTOKENS_H

/// A token of code: what of it the shape keeps, and which words it stands between.
typedef struct {
    /// A keyword's or a mark's own hash, or a name's, told by its highest bit.
    uint64_t value;
    /// The ordinal of the token's word; of a mark that of the next.
    uint32_t first;
    /// The number of words up to the token's end.
    uint32_t end;
} ctextscan_token;

/// Where the reading of tokens is: the ordinals of the event and of the word that come next, the number of tokens written, and
/// the place of the last of them, -1 for none.
typedef struct {
    size_t event, word, count;
    ptrdiff_t last;
} ctextscan_cursor;

enum {
    /// A token, whatever stands around it.
    ctextscan_is_plain = 1,
    /// Nothing, or another comment, at the start of a line.
    ctextscan_is_of_line = 2,
    /// A comment, perhaps, behind white space.
    ctextscan_is_behind_space = 4,
    /// A comment, perhaps, before another such.
    ctextscan_is_before_mark = 8,
    ctextscan_is_escape = 16,
};

/// What marks are to the shape of code; zero is none.
static const uint8_t ctextscan_roles[256] = {
    ['!'] = 1, ['%'] = 1, ['&'] = 1, ['('] = 1, [')'] = 1, [','] = 1, ['.'] = 1, [';'] = 1, ['<'] = 1, ['='] = 1, ['?'] = 1,
    ['@'] = 1, ['['] = 1, [']'] = 1, ['^'] = 1, ['{'] = 1, ['}'] = 1, ['~'] = 1, ['+'] = ctextscan_is_of_line,
    ['>'] = ctextscan_is_of_line, ['|'] = ctextscan_is_of_line, [':'] = ctextscan_is_of_line, ['#'] = ctextscan_is_behind_space,
    ['-'] = ctextscan_is_of_line | ctextscan_is_behind_space, ['*'] = ctextscan_is_of_line | ctextscan_is_before_mark,
    ['/'] = ctextscan_is_before_mark, ['\\'] = ctextscan_is_escape,
};

/// The next end of line from `start` on, `end` where there is none before it.
static inline size_t ctextscan_line_end(const uint64_t *lines, size_t start, size_t end) {
    if (start >= end) return end;
    size_t block = start / 64;
    uint64_t bits = lines[block] & (~0ull << (start & 63));
    while (bits == 0) {
        block++;
        if (block * 64 >= end) return end;
        bits = lines[block];
    }
    const size_t place = block * 64 + (size_t)__builtin_ctzll(bits);
    return place < end ? place : end;
}

/// What was found in a slice: where runs begin and marks stand, ascending; where words begin, and behind the last of them no
/// place; what the tokens of those words are; which octets end lines, a bit each; what the octets of ASCII are as marks.
///
/// Of `text` `size` octets are to be seen. Behind `starts` and `words` there is room for sixteen more.
typedef struct {
    const uint8_t *text;
    size_t size;
    const uint32_t *events;
    size_t count;
    const uint32_t *starts;
    const uint64_t *words;
    const uint64_t *lines, *marks;
} ctextscan_found;

/// Whether a line ends between two places.
static inline int ctextscan_has_line_end(const uint64_t *lines, size_t start, size_t end) {
    return ctextscan_line_end(lines, start, end) < end;
}

/// Whether an octet stands behind a backslash for white space.
static inline int ctextscan_is_written_space(uint8_t octet) { return octet == 'n' || octet == 'r' || octet == 't'; }

static inline int ctextscan_is_quote(uint8_t octet) { return octet == '"' || octet == '\''; }

/// Writes the tokens of the events before `count`, up to the first mark between `from` and `end` that what stands beside it does
/// not tell from a comment, and gives its place; `end` where there is none.
///
/// `is_start` tells whether no token stands between the last end of line and `from`; `tokens` has room for one for each event and
/// sixteen more.
static inline __attribute__((always_inline)) size_t ctextscan_tokens_base(
    const ctextscan_found *found, size_t count, size_t from, size_t end, int is_start, uint32_t ordinal,
    ctextscan_token *tokens, ctextscan_cursor *cursor) {
    const uint8_t *const text = found->text;
    size_t event = cursor->event, word = cursor->word, written = cursor->count, stop = end;
    ptrdiff_t last = cursor->last;
    for (; event < count; event++) {
        const size_t place = found->events[event];
        const uint8_t octet = text[place], role = ctextscan_roles[octet];
        const int is_word = found->starts[word] == place;
        if (__builtin_expect(!(is_word | (role == ctextscan_is_plain)), 0)) {
            // A number.
            if (role == 0) continue;
            int is_token = place > from && place + 1 < end;
            if (role == ctextscan_is_escape) {
                // Quotes and white space that are written so are nothing, unless what is behind such space may be a comment for it.
                if (place + 2 < end
                    && (ctextscan_is_quote(text[place + 1])
                        || (ctextscan_is_written_space(text[place + 1])
                            && ctextscan_roles[text[place + 2]] <= ctextscan_is_plain)))
                    continue;
                is_token = 0;
            }
            if (is_token && (role & ctextscan_is_behind_space)) {
                const uint8_t before = text[place - 1], next = text[place + 1];
                is_token = (before > ' ' && before != 0x7F)
                    || (next != '\\' && (octet == '-' ? next != '-' : next > ' ' && next != 0x7F));
            }
            if (is_token && (role & ctextscan_is_before_mark)) {
                const uint8_t next = text[place + 1];
                is_token = next != '/' && next != '\\' && (octet == '*' || next != '*');
            }
            if (is_token && (role & ctextscan_is_of_line)) {
                is_token = last >= 0 ? !ctextscan_has_line_end(found->lines, (size_t)last, place)
                                     : !is_start && !ctextscan_has_line_end(found->lines, from, place);
            }
            if (!is_token) {
                stop = place;
                break;
            }
        }
        const uint64_t value = found->words[word], mark = found->marks[octet & 127];
        // Which it is, is anyone's guess: so there is no branch for it.
        tokens[written].value = mark ^ ((mark ^ value) & -(uint64_t)is_word);
        tokens[written].first = ordinal + (uint32_t)word;
        word += (size_t)is_word;
        tokens[written].end = ordinal + (uint32_t)word;
        written++;
        last = (ptrdiff_t)place;
    }
    cursor->event = event;
    cursor->word = word;
    cursor->count = written;
    cursor->last = last;
    return stop;
}

#if defined(CTEXTSCAN_NEWER)

CTEXTSCAN_NEWER static size_t ctextscan_tokens_newer(
    const ctextscan_found *found, size_t from, size_t end, int is_start, uint32_t ordinal, ctextscan_token *tokens,
    ctextscan_cursor *cursor) {
    return ctextscan_tokens_base(found, found->count, from, end, is_start, ordinal, tokens, cursor);
}

/// Sixteen events: their places and octets, and which of them are words, nothing, and marks that may be part of a comment.
typedef struct {
    __m512i places, octets;
    uint32_t words, nothing, undecided;
} ctextscan_events16;

/// Which of the marks at the start of a line, or what may be, are no tokens: those between which and the last token a line ends.
CTEXTSCAN_NEWEST static inline uint32_t ctextscan_starts_line(
    const ctextscan_found *found, const uint32_t *events, uint32_t marks, uint32_t nothing, size_t from, int is_start,
    ptrdiff_t last) {
    for (; marks != 0; marks &= marks - 1) {
        const uint32_t bit = marks & -marks, before = (bit - 1) & ~nothing;
        const ptrdiff_t previous = before != 0 ? (ptrdiff_t)events[31 - __builtin_clz(before)] : last;
        if (previous < 0 && is_start) return bit;
        const size_t start = previous < 0 ? from : (size_t)previous;
        if (ctextscan_has_line_end(found->lines, start, events[__builtin_ctz(bit)])) return bit;
    }
    return 0;
}

/// Judges sixteen events; the octets before the first of them and up to two behind the last must be there.
CTEXTSCAN_NEWEST static inline ctextscan_events16 ctextscan_judge(
    const ctextscan_found *found, const uint32_t *events, size_t from, size_t end, int is_start, ptrdiff_t last) {
    const __m512i places = _mm512_loadu_si512(events), octet = _mm512_set1_epi32(0xFF);
    // The octet before each, its own and the next.
    const __m512i around = _mm512_i32gather_epi32(_mm512_sub_epi32(places, _mm512_set1_epi32(1)), found->text, 1);
    const __m512i before = _mm512_and_si512(around, octet);
    const __m512i octets = _mm512_and_si512(_mm512_srli_epi32(around, 8), octet);
    const __m512i next = _mm512_and_si512(_mm512_srli_epi32(around, 16), octet);
    const __m512i roles = _mm512_permutex2var_epi8(
        _mm512_loadu_si512(ctextscan_roles), octets, _mm512_loadu_si512(ctextscan_roles + 64));
    const uint32_t none = _mm512_testn_epi32_mask(roles, roles);
    const uint32_t digits = _mm512_cmplt_epu32_mask(_mm512_sub_epi32(octets, _mm512_set1_epi32('0')), _mm512_set1_epi32(10));
    ctextscan_events16 judged = {places, octets, none & ~digits, none & digits, 0};
    const uint32_t odd = ~none & _mm512_cmpneq_epi32_mask(roles, _mm512_set1_epi32(ctextscan_is_plain));
    if (odd == 0) return judged;
    const uint32_t slash = _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32('\\'));
    const uint32_t escape = _mm512_cmpeq_epi32_mask(octets, _mm512_set1_epi32('\\'));
    uint32_t outside = _mm512_cmple_epu32_mask(places, _mm512_set1_epi32((int)from))
        | _mm512_cmpge_epu32_mask(places, _mm512_set1_epi32((int)end - 1));
    if (escape != 0) {
        // As in `ctextscan_tokens_base`.
        const uint32_t space = _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32('n'))
            | _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32('r')) | _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32('t'));
        const uint32_t quote = _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32('"'))
            | _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32('\''));
        const __m512i behind = _mm512_permutex2var_epi8(
            _mm512_loadu_si512(ctextscan_roles), _mm512_srli_epi32(around, 24), _mm512_loadu_si512(ctextscan_roles + 64));
        judged.nothing |= escape & _mm512_cmplt_epu32_mask(places, _mm512_set1_epi32((int)end - 2))
            & (quote | (space & _mm512_cmple_epu32_mask(behind, _mm512_set1_epi32(ctextscan_is_plain))));
        outside = (outside | escape) & ~judged.nothing;
    }
    const uint32_t space = _mm512_cmple_epu32_mask(before, _mm512_set1_epi32(' '))
        | _mm512_cmpeq_epi32_mask(before, _mm512_set1_epi32(0x7F));
    const uint32_t dash = _mm512_cmpeq_epi32_mask(octets, _mm512_set1_epi32('-'));
    const uint32_t opens = slash | (dash & _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32('-')))
        | (~dash & (_mm512_cmple_epu32_mask(next, _mm512_set1_epi32(' '))
            | _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32(0x7F))));
    const uint32_t star = _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32('*'))
        & _mm512_cmpneq_epi32_mask(octets, _mm512_set1_epi32('*'));
    const uint32_t mark = slash | star | _mm512_cmpeq_epi32_mask(next, _mm512_set1_epi32('/'));
    judged.undecided = odd
        & (outside | (space & opens & _mm512_test_epi32_mask(roles, _mm512_set1_epi32(ctextscan_is_behind_space)))
            | (mark & _mm512_test_epi32_mask(roles, _mm512_set1_epi32(ctextscan_is_before_mark))));
    const uint32_t decided = judged.undecided != 0 ? (judged.undecided & -judged.undecided) - 1 : 0xFFFF;
    judged.undecided |= ctextscan_starts_line(
        found, events, odd & decided & _mm512_test_epi32_mask(roles, _mm512_set1_epi32(ctextscan_is_of_line)),
        judged.nothing, from, is_start, last);
    return judged;
}

/// Writes eight tokens, those in `is_word` of the words at `words`, of which the first is number `ordinal`, the others of marks.
CTEXTSCAN_NEWEST static inline void ctextscan_write_tokens(
    const uint64_t *words, uint32_t is_word, __m256i octets, const uint64_t *marks, uint32_t ordinal,
    ctextscan_token *tokens) {
    const __mmask8 names = (__mmask8)is_word;
    const __m512i value = _mm512_mask_i32gather_epi64(
        _mm512_maskz_expand_epi64(names, _mm512_loadu_si512(words)), (__mmask8)~names, octets, marks, 8);
    // Of each the number of words before: the sum of the octets below its own.
    const uint64_t sums = _pdep_u64(is_word, 0x0101010101010101ull) * 0x0101010101010100ull;
    const __m256i first = _mm256_add_epi32(
        _mm256_set1_epi32((int)ordinal), _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)sums)));
    const __m256i end = _mm256_mask_add_epi32(first, names, first, _mm256_set1_epi32(1));
    const __m512i bounds = _mm512_or_si512(
        _mm512_cvtepu32_epi64(first), _mm512_slli_epi64(_mm512_cvtepu32_epi64(end), 32));
    const __m512i low = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0), high = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    _mm512_storeu_si512(tokens, _mm512_permutex2var_epi64(value, low, bounds));
    _mm512_storeu_si512(tokens + 4, _mm512_permutex2var_epi64(value, high, bounds));
}

/// As `ctextscan_tokens_base`, sixteen events at a time.
CTEXTSCAN_NEWEST static size_t ctextscan_tokens_newest(
    const ctextscan_found *found, size_t from, size_t end, int is_start, uint32_t ordinal, ctextscan_token *tokens,
    ctextscan_cursor *cursor) {
    while (cursor->event + 16 <= found->count) {
        const uint32_t *const events = found->events + cursor->event;
        if (events[0] == 0 || events[15] + 3 > found->size) break;
        const ctextscan_events16 judged = ctextscan_judge(found, events, from, end, is_start, cursor->last);
        const __m512i starts = _mm512_maskz_expand_epi32(
            (__mmask16)judged.words, _mm512_loadu_si512(found->starts + cursor->word));
        if (_mm512_mask_cmpneq_epi32_mask((__mmask16)judged.words, starts, judged.places) != 0) {
            // A gutter looks like a word and is none.
            const size_t stop = ctextscan_tokens_base(
                found, cursor->event + 16, from, end, is_start, ordinal, tokens, cursor);
            if (stop < end) return stop;
            continue;
        }
        const uint32_t open = judged.undecided, decided = open != 0 ? (open & -open) - 1 : 0xFFFF;
        const uint32_t kept = decided & ~judged.nothing, words = _pext_u32(judged.words, kept);
        const size_t count = (size_t)__builtin_popcount(kept);
        const __m512i octets = _mm512_maskz_compress_epi32((__mmask16)kept, judged.octets);
        const size_t half = (size_t)__builtin_popcount(words & 0xFF);
        ctextscan_write_tokens(
            found->words + cursor->word, words & 0xFF, _mm512_castsi512_si256(octets), found->marks,
            ordinal + (uint32_t)cursor->word, tokens + cursor->count);
        if (count > 8) {
            ctextscan_write_tokens(
                found->words + cursor->word + half, words >> 8, _mm512_extracti64x4_epi64(octets, 1), found->marks,
                ordinal + (uint32_t)(cursor->word + half), tokens + cursor->count + 8);
        }
        cursor->word += (size_t)__builtin_popcount(words);
        cursor->count += count;
        if (kept != 0) cursor->last = (ptrdiff_t)events[31 - __builtin_clz(kept)];
        if (open != 0) {
            cursor->event += (size_t)__builtin_ctz(open);
            return found->events[cursor->event];
        }
        cursor->event += 16;
    }
    return ctextscan_tokens_base(found, found->count, from, end, is_start, ordinal, tokens, cursor);
}

#else

static inline size_t ctextscan_tokens_newer(
    const ctextscan_found *found, size_t from, size_t end, int is_start, uint32_t ordinal, ctextscan_token *tokens,
    ctextscan_cursor *cursor) {
    return ctextscan_tokens_base(found, found->count, from, end, is_start, ordinal, tokens, cursor);
}
#define ctextscan_tokens_newest ctextscan_tokens_newer

#endif

/// As `ctextscan_tokens_base`.
static inline size_t ctextscan_tokens(
    int form, const ctextscan_found *found, size_t from, size_t end, int is_start, uint32_t ordinal,
    ctextscan_token *tokens, ctextscan_cursor *cursor) {
    if (form > 1) return ctextscan_tokens_newest(found, from, end, is_start, ordinal, tokens, cursor);
    if (form == 1) return ctextscan_tokens_newer(found, from, end, is_start, ordinal, tokens, cursor);
    return ctextscan_tokens_base(found, found->count, from, end, is_start, ordinal, tokens, cursor);
}

#endif
