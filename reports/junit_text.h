// Small conversions of what JUnit files carry in attributes and texts.
#pragma once

#include <string>
#include <string_view>

namespace reports {

inline constexpr size_t kMaxName = 1 << 10;
inline constexpr size_t kMaxMessage = 4 << 10;

// Line ends become "\n"; blank lines at the front and white space at the end go.
std::string CleanText(std::string text);

// The same for one attribute, cut to `max_bytes` with "..." at the end.
std::string CleanAttribute(std::string_view text, size_t max_bytes);

// Seconds: "1,234.5" and "0,25" as well; 0 for what is no number, negative or not finite.
double ParseSeconds(std::string_view text);

std::string LowerCase(std::string_view text);

}  // namespace reports
