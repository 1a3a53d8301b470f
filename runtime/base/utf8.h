// UTF-8, one scalar at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace runtime::base {

struct Utf8Scalar {
  char32_t value;
  size_t bytes;
};

// The sequence at the front of `text` (which isn't empty), or nothing where it is not well-formed
// (Unicode, table 3-7).
std::optional<Utf8Scalar> DecodeUtf8(std::string_view text);

// Appends the sequence of `scalar`, which is not a surrogate and at most U+10FFFF.
void AppendUtf8(std::string& out, char32_t scalar);

// The longest prefix of `text` of at most `max_bytes` that doesn't end inside a sequence.
std::string_view Utf8Prefix(std::string_view text, size_t max_bytes);

}  // namespace runtime::base
