#include "CRE2.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

struct cre2_expression {
    RE2 re2;

    cre2_expression(const re2::StringPiece &pattern, const RE2::Options &options) : re2(pattern, options) {}
};

namespace {

/// Memory that one expression's automata may take. Past it RE2 starts its cache anew, which costs time, not answers.
constexpr int64_t kMaximumMemory = 16 << 20;

/// More groups than any rule needs; Swift asks for fewer.
constexpr size_t kMaximumGroups = 64;

void report(const std::string &text, char *message, size_t capacity) {
    if (message == nullptr || capacity == 0) return;
    const size_t length = std::min(text.size(), capacity - 1);
    std::memcpy(message, text.data(), length);
    message[length] = 0;
}

}  // namespace

cre2_expression *cre2_compile(const char *pattern, size_t length, char *message, size_t capacity) {
    try {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(kMaximumMemory);
        auto expression = std::make_unique<cre2_expression>(re2::StringPiece(pattern, length), options);
        if (!expression->re2.ok()) {
            report(expression->re2.error(), message, capacity);
            return nullptr;
        }
        return expression.release();
    } catch (const std::exception &error) {
        report(error.what(), message, capacity);
        return nullptr;
    }
}

void cre2_free(cre2_expression *expression) { delete expression; }

int cre2_group_count(const cre2_expression *expression) { return expression->re2.NumberOfCapturingGroups(); }

bool cre2_find(const cre2_expression *expression, const uint8_t *text, size_t length, size_t from, size_t to,
               cre2_range *ranges, size_t capacity) {
    if (from > to || to > length) return false;
    try {
        const size_t groups = 1 + static_cast<size_t>(expression->re2.NumberOfCapturingGroups());
        const size_t wanted = std::min({groups, capacity, kMaximumGroups});
        re2::StringPiece found[kMaximumGroups];
        const re2::StringPiece piece(reinterpret_cast<const char *>(text), length);
        if (!expression->re2.Match(piece, from, to, RE2::UNANCHORED, found, static_cast<int>(wanted))) return false;
        for (size_t index = 0; index < capacity; ++index) {
            if (index < wanted && found[index].data() != nullptr) {
                ranges[index].start = found[index].data() - piece.data();
                ranges[index].end = ranges[index].start + static_cast<int64_t>(found[index].size());
            } else {
                ranges[index] = {-1, -1};
            }
        }
        return true;
    } catch (const std::exception &) {
        return false;
    }
}
