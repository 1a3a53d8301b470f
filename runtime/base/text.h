// Texts taken apart: at a separator, and as numbers.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace runtime::base {

// At least one part; parts may be empty.
inline std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

// The whole text as a number of that type, as from_chars() reads it: no blanks, no "+". Nothing for
// other texts, and for numbers that the type can't hold.
template <typename Integer>
std::optional<Integer> ParseInteger(std::string_view text, int base = 10) {
  Integer value = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, value, base);
  return error == std::errc() && read == end ? std::optional(value) : std::nullopt;
}

}  // namespace runtime::base
