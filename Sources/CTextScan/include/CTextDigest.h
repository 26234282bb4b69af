/// Digests of text that is long: all but a few octets of what a keyed hash would otherwise have to read.
///
/// Part of CTextScan.h.
#ifndef CTEXTDIGEST_H
#define CTEXTDIGEST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Octets that one digest covers at most, and words of the key: two more than text, for the second sum's shift.
enum { ctextscan_digest_octets = 1024, ctextscan_digest_words = ctextscan_digest_octets / 8 + 2 };

/// Two sums of NH (UMAC, Black et al. 1999; RFC 4418 § 5.2.2 with words of 64 bits), the second with the key shifted by two
/// words (Toeplitz): of two texts of the same length that differ, whatever they are, both sums are the same with a
/// probability of 2^-128 over the keys. Text is read as though zeros came behind it; its length is the caller's to digest.
static inline void ctextscan_digest(const uint8_t *text, size_t count, const uint64_t *key, uint64_t sums[4]) {
    unsigned __int128 first = 0, second = 0;
    size_t word = 0;
    for (size_t place = 0; place < count; place += 16, word += 2) {
        uint64_t pair[2] = {0, 0};
        if (count - place >= 16) memcpy(pair, text + place, 16);
        else memcpy(pair, text + place, count - place);
        first += (unsigned __int128)(pair[0] + key[word]) * (pair[1] + key[word + 1]);
        second += (unsigned __int128)(pair[0] + key[word + 2]) * (pair[1] + key[word + 3]);
    }
    sums[0] = (uint64_t)first;
    sums[1] = (uint64_t)(first >> 64);
    sums[2] = (uint64_t)second;
    sums[3] = (uint64_t)(second >> 64);
}

#endif
