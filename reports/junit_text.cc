#include "reports/junit_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "runtime/base/utf8.h"

namespace reports {

std::string CleanText(std::string text) {
  size_t out = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      text[out++] = text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      text[out++] = '\n';
    }
  }
  text.resize(out);
  text.erase(text.find_last_not_of(" \t\n") + 1);
  // Indentation of the first line with text stays: it lines up with what follows.
  const size_t first = std::min(text.find_first_not_of(" \t\n"), text.size());
  const size_t line_end = first == 0 ? std::string::npos : text.rfind('\n', first - 1);
  text.erase(0, line_end == std::string::npos ? 0 : line_end + 1);
  return text;
}

std::string CleanAttribute(std::string_view text, size_t max_bytes) {
  std::string clean = CleanText(std::string(text));
  clean.erase(0, std::min(clean.find_first_not_of(" \t"), clean.size()));
  if (clean.size() > max_bytes) {
    clean.resize(runtime::base::Utf8Prefix(clean, max_bytes - 3).size());
    clean += "...";
  }
  return clean;
}

double ParseSeconds(std::string_view text) {
  std::string number(text);
  std::erase_if(number, [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
  // One comma is a decimal one unless it groups thousands.
  const size_t comma = number.find(',');
  if (comma != std::string::npos && number.find_first_of(",.", comma + 1) == std::string::npos &&
      (number.size() - comma != 4 || number.starts_with("0,"))) {
    number[comma] = '.';
  }
  std::erase(number, ',');
  double seconds = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seconds);
  const bool valid = error == std::errc() && end != number.data() && std::isfinite(seconds);
  // A hundred years bound every sum that is made with it.
  return valid && seconds > 0 ? std::min(seconds, 3.2e9) : 0;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return lower;
}

}  // namespace reports
