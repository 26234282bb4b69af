/// Backslashes whose escapes a mask can undo.
///
/// Part of CTextScan.h.
#ifndef CTEXTESCAPES_H
#define CTEXTESCAPES_H

/// What behind a backslash only states can judge: escapes of several octets, and what may begin a sequence.
static const uint8_t ctextscan_is_kept[256] = {
    ['u'] = 1, ['x'] = 1, ['e'] = 1, ['0'] = 1, ['\\'] = 1, ['&'] = 1, ['%'] = 1, ['='] = 1, ['<'] = 1, [0x1B] = 1, [0] = 1,
};

/// Of the octets of a block those behind which, if a backslash, stands what only states can judge, an end of line, or a tab.
typedef struct {
    uint64_t kept, ends, tabs;
} ctextscan_followers;

/// What follows the `slashes` of a block, of which `left` octets are to be seen: the form that every machine has.
static inline ctextscan_followers ctextscan_followers_base(const uint8_t *block, size_t left, uint64_t slashes) {
    ctextscan_followers followers = {0, 0, 0};
    for (uint64_t rest = slashes; rest != 0; rest &= rest - 1) {
        const size_t next = (size_t)__builtin_ctzll(rest) + 1;
        const uint8_t octet = next < left ? block[next] : 'u';
        if (ctextscan_is_kept[octet] || octet >= 0x80) {
            followers.kept |= rest & -rest;
        } else if (octet == 'n' || octet == 'r') {
            followers.ends |= rest & -rest;
        } else if (octet == 't') {
            followers.tabs |= rest & -rest;
        }
    }
    return followers;
}

typedef ctextscan_followers (*ctextscan_followers_form)(const uint8_t *, size_t, uint64_t);

/// Takes backslashes out of `stops`, but for those before such an octet or one beyond ASCII, at the end of the text, or in a
/// block with such.
///
/// A run of backslashes is nothing, whatever its length, and the octet behind it stands for itself, but that `n` and `r` are
/// taken out of `words` and put into `lines`, and that `t` is taken out of `words`. `marks` holds the backslashes.
static inline __attribute__((always_inline)) void ctextscan_undo_escapes_by(
    ctextscan_followers_form follow, const uint8_t *text, size_t count, uint64_t *words, uint64_t *stops,
    const uint64_t *marks, uint64_t *lines) {
    for (size_t block = 0; block * 64 < count; block++) {
        const uint64_t slashes = stops[block] & marks[block];
        if (slashes == 0) continue;
        const ctextscan_followers next = follow(text + block * 64, count - block * 64, slashes & ~(slashes >> 1));
        const uint64_t spaces = next.ends | next.tabs;
        words[block] &= ~(spaces << 1);
        lines[block] |= next.ends << 1;
        // What follows the last octet stands in the next block.
        if (spaces >> 63) {
            words[block + 1] &= ~1ull;
            lines[block + 1] |= next.ends >> 63;
        }
        if (next.kept == 0) stops[block] &= ~slashes;
    }
}

static inline void ctextscan_undo_escapes_base(
    const uint8_t *text, size_t count, uint64_t *words, uint64_t *stops, const uint64_t *marks, uint64_t *lines) {
    ctextscan_undo_escapes_by(ctextscan_followers_base, text, count, words, stops, marks, lines);
}

#if defined(CTEXTSCAN_NEWEST)

CTEXTSCAN_NEWEST static inline ctextscan_followers ctextscan_followers_newest(
    const uint8_t *block, size_t left, uint64_t slashes) {
    const uint64_t present = left > 64 ? ~0ull : _bzhi_u64(~0ull, left - 1);
    const __m512i next = _mm512_mask_loadu_epi8(_mm512_set1_epi8('u'), present, block + 1);
    const __m512i kept = _mm512_permutex2var_epi8(
        _mm512_loadu_si512(ctextscan_is_kept), next, _mm512_loadu_si512(ctextscan_is_kept + 64));
    const ctextscan_followers followers = {
        slashes & (_mm512_test_epi8_mask(kept, kept) | _mm512_movepi8_mask(next)),
        slashes & (_mm512_cmpeq_epi8_mask(next, _mm512_set1_epi8('n')) | _mm512_cmpeq_epi8_mask(next, _mm512_set1_epi8('r'))),
        slashes & _mm512_cmpeq_epi8_mask(next, _mm512_set1_epi8('t')),
    };
    return followers;
}

CTEXTSCAN_NEWEST static void ctextscan_undo_escapes_newest(
    const uint8_t *text, size_t count, uint64_t *words, uint64_t *stops, const uint64_t *marks, uint64_t *lines) {
    ctextscan_undo_escapes_by(ctextscan_followers_newest, text, count, words, stops, marks, lines);
}

#else

#define ctextscan_undo_escapes_newest ctextscan_undo_escapes_base

#endif

/// As `ctextscan_undo_escapes_by`.
static inline void ctextscan_undo_escapes(
    int form, const uint8_t *text, size_t count, uint64_t *words, uint64_t *stops, const uint64_t *marks,
    uint64_t *lines) {
    if (form > 1) {
        ctextscan_undo_escapes_newest(text, count, words, stops, marks, lines);
    } else {
        ctextscan_undo_escapes_base(text, count, words, stops, marks, lines);
    }
}

#endif
