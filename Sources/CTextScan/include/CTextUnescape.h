/// The text of a JSON string, copied without its escapes.
///
/// Part of CTextScan.h.
#ifndef CTEXTUNESCAPE_H
#define CTEXTUNESCAPE_H

/// What a backslash and an octet stand for in JSON (RFC 8259 § 7, Strings); 0 where that is not one octet.
static const uint8_t ctextscan_escapes[128] = {
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = 0x08, ['f'] = 0x0C, ['n'] = 0x0A, ['r'] = 0x0D, ['t'] = 0x09,
};

/// An entry of `ctextscan_escapes`: looked up, since which escape comes next is anyone's guess.
static inline uint8_t ctextscan_escape(uint8_t octet) { return octet < 128 ? ctextscan_escapes[octet] : 0; }

/// The quotes and backslashes among 32 octets, which are copied: the form that every machine has.
static inline uint32_t ctextscan_copy_plain(const uint8_t *from, uint8_t *to) {
    uint32_t marks = 0;
    for (unsigned place = 0; place < 32; place++) {
        marks |= (uint32_t)(from[place] == '"' || from[place] == '\\') << place;
        to[place] = from[place];
    }
    return marks;
}

#if defined(__SSE2__)

/// Copies 32 octets from `from` to `to`, which do not overlap, and gives the quotes and backslashes among them.
static inline uint32_t ctextscan_copy(const uint8_t *from, uint8_t *to) {
    const __m128i low = _mm_loadu_si128((const __m128i *)from);
    const __m128i high = _mm_loadu_si128((const __m128i *)(from + 16));
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    _mm_storeu_si128((__m128i *)to, low);
    _mm_storeu_si128((__m128i *)(to + 16), high);
    const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(low, quote), _mm_cmpeq_epi8(low, backslash));
    const __m128i more = _mm_or_si128(_mm_cmpeq_epi8(high, quote), _mm_cmpeq_epi8(high, backslash));
    return (uint32_t)_mm_movemask_epi8(marks) | (uint32_t)_mm_movemask_epi8(more) << 16;
}

#elif defined(__aarch64__) && defined(__ARM_NEON)

/// Copies 32 octets from `from` to `to`, which do not overlap, and gives the quotes and backslashes among them.
static inline uint32_t ctextscan_copy(const uint8_t *from, uint8_t *to) {
    const uint8x16_t low = vld1q_u8(from), high = vld1q_u8(from + 16);
    const uint8x16_t quote = vdupq_n_u8('"'), backslash = vdupq_n_u8('\\'), none = vdupq_n_u8(0);
    vst1q_u8(to, low);
    vst1q_u8(to + 16, high);
    const uint8x16_t marks = vorrq_u8(vceqq_u8(low, quote), vceqq_u8(low, backslash));
    const uint8x16_t more = vorrq_u8(vceqq_u8(high, quote), vceqq_u8(high, backslash));
    return (uint32_t)ctextscan_mask(marks, more, none, none);
}

#else

/// Copies 32 octets from `from` to `to`, which do not overlap, and gives the quotes and backslashes among them.
static inline uint32_t ctextscan_copy(const uint8_t *from, uint8_t *to) { return ctextscan_copy_plain(from, to); }

#endif

/// The form of `ctextscan_unescape` that every machine has: the text between escapes, 32 octets at a time.
static inline size_t ctextscan_unescape_base(
    const uint8_t *from, size_t count, uint8_t *to, size_t room, size_t *taken) {
    size_t position = 0, written = 0;
    while (position < count && written < room) {
        uint32_t plain = 0;
        if (count - position >= 32) {
            const uint32_t marks = ctextscan_copy(from + position, to + written);
            plain = marks == 0 ? 32 : (uint32_t)__builtin_ctz(marks);
        }
        position += plain;
        written += plain;
        if (plain == 32 || position == count || written >= room) continue;
        uint8_t octet = from[position];
        if (octet == '"') break;
        if (octet == '\\') {
            // A newline ends every line of code, so the short escapes are common.
            octet = position + 1 < count ? ctextscan_escape(from[position + 1]) : 0;
            if (octet == 0) break;
            position++;
        }
        to[written++] = octet;
        position++;
    }
    *taken = position;
    return written;
}

#if defined(CTEXTSCAN_NEWEST)

/// Copies the text of a JSON string and undoes its escapes of one octet, 64 octets at a time.
///
/// Ends at a closing quote, at the backslash of any other escape or of one that is cut, after `count` octets, or once `room`
/// octets are written; up to 63 more may be, for which `to` has room. `*taken` is how many were read.
CTEXTSCAN_NEWEST static size_t ctextscan_unescape_newest(
    const uint8_t *from, size_t count, uint8_t *to, size_t room, size_t *taken) {
    const __m512i low = _mm512_loadu_si512(ctextscan_escapes), high = _mm512_loadu_si512(ctextscan_escapes + 64);
    size_t position = 0, written = 0;
    while (position < count && written < room) {
        const size_t left = count - position;
        const uint64_t present = left >= 64 ? ~0ull : _bzhi_u64(~0ull, left);
        const __m512i octets = _mm512_maskz_loadu_epi8(present, from + position);
        const uint64_t backslashes = _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('\\'));
        const uint64_t quotes = _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('"'));
        if ((backslashes | quotes) == 0) {
            _mm512_storeu_si512(to + written, octets);
            const size_t here = left < 64 ? left : 64;
            position += here;
            written += here;
            continue;
        }
        // Of backslashes in a row every second one is escaped.
        uint64_t escapes = backslashes;
        if (backslashes & backslashes << 1) {
            escapes = 0;
            for (uint64_t rest = backslashes; rest != 0;) {
                const uint64_t lowest = rest & -rest;
                escapes |= lowest;
                rest &= ~(lowest | lowest << 1);
            }
        }
        const uint64_t escaped = escapes << 1;
        const __m512i meanings = _mm512_permutex2var_epi8(low, octets, high);
        const uint64_t unknown = escaped & (_mm512_testn_epi8_mask(meanings, meanings) | _mm512_movepi8_mask(octets));
        const uint64_t cut = escapes & ~(present >> 1);
        // What an escape at a block's end stands for is known only with the next one.
        const uint64_t stops = (quotes & ~escaped) | unknown >> 1 | (left > 64 ? 0 : cut);
        const uint64_t ends = stops | cut;
        const size_t here = ends != 0 ? (size_t)__builtin_ctzll(ends) : left < 64 ? left : 64;
        const uint64_t kept = ~escapes & _bzhi_u64(~0ull, here);
        const __m512i plain = _mm512_mask_blend_epi8(escaped, octets, meanings);
        _mm512_storeu_si512(to + written, _mm512_maskz_compress_epi8(kept, plain));
        position += here;
        written += (size_t)__builtin_popcountll(kept);
        if (stops & ends & -ends) break;
    }
    *taken = position;
    return written;
}

#else

#define ctextscan_unescape_newest ctextscan_unescape_base

#endif

/// Copies the text of a JSON string, undoing its escapes of one octet, as `ctextscan_unescape_newest` says.
static inline size_t ctextscan_unescape(
    int form, const uint8_t *from, size_t count, uint8_t *to, size_t room, size_t *taken) {
    return form > 1 ? ctextscan_unescape_newest(from, count, to, room, taken)
                    : ctextscan_unescape_base(from, count, to, room, taken);
}

#endif
