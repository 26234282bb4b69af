/// RE2 behind functions that C, and so Swift, can call.
///
/// An expression is immutable once made and may be searched from any number of threads at once. No C++ exception
/// leaves this file: where memory runs out the answer is "no expression" or "no match".
#ifndef CRE2_H
#define CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled expression.
typedef struct cre2_expression cre2_expression;

/// A part of the text that was searched, in octets; `start` is -1 for a group that took no part in the match.
typedef struct {
    int64_t start;
    int64_t end;
} cre2_range;

/// Compiles `length` octets of UTF-8 at `pattern`, `.` and classes meaning Unicode scalars.
///
/// Gives NULL and, in `message` (at most `capacity` octets with the closing zero), RE2's reason when the expression is
/// bad. The caller frees the result with cre2_free.
cre2_expression *cre2_compile(const char *pattern, size_t length, char *message, size_t capacity);

/// Frees an expression; NULL is allowed.
void cre2_free(cre2_expression *expression);

/// How many capturing groups the expression has.
int cre2_group_count(const cre2_expression *expression);

/// Finds the first match within `from ..< to` of the `length` octets at `text`; what lies outside still counts for
/// `^`, `$` and `\b`.
///
/// Writes up to `capacity` ranges to `ranges`, the whole match first.
bool cre2_find(const cre2_expression *expression, const uint8_t *text, size_t length, size_t from, size_t to,
               cre2_range *ranges, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
