#include "runtime/git/wildmatch.h"

#include <optional>

namespace runtime::git {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool InClass(std::string_view name, unsigned char c) {
  const bool digit = c >= '0' && c <= '9';
  const bool lower = c >= 'a' && c <= 'z';
  const bool upper = c >= 'A' && c <= 'Z';
  const bool printable = c > 0x20 && c < 0x7f;
  if (name == "digit") return digit;
  if (name == "lower") return lower;
  if (name == "upper") return upper;
  if (name == "alpha") return lower || upper;
  if (name == "alnum") return digit || lower || upper;
  if (name == "xdigit") return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "space") return c == ' ' || (c >= '\t' && c <= '\r');
  if (name == "cntrl") return c < 0x20 || c == 0x7f;
  if (name == "graph") return printable;
  if (name == "print") return printable || c == ' ';
  if (name == "punct") return printable && !digit && !lower && !upper;
  return false;
}

struct Bracket {
  size_t length = 0;  // in the pattern, with both brackets
  bool matches = false;
};

// `pattern` begins with "[". Nothing when it has no end.
std::optional<Bracket> ReadBracket(std::string_view pattern, unsigned char c) {
  size_t i = 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  i += negated ? 1 : 0;
  bool found = false;
  for (bool first = true;; first = false) {
    if (i >= pattern.size()) {
      return std::nullopt;
    }
    if (pattern[i] == ']' && !first) {
      return Bracket{.length = i + 1, .matches = found != negated};
    }
    if (pattern.substr(i, 2) == "[:") {
      const size_t end = pattern.find(":]", i + 2);
      if (end == kNone) {
        return std::nullopt;
      }
      found |= InClass(pattern.substr(i + 2, end - i - 2), c);
      i = end + 2;
      continue;
    }
    const auto next = [&]() -> std::optional<unsigned char> {
      i += i < pattern.size() && pattern[i] == '\\' ? 1 : 0;
      return i < pattern.size() ? std::optional<unsigned char>(pattern[i++]) : std::nullopt;
    };
    const auto low = next();
    auto high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      ++i;
      high = next();
    }
    if (!low || !high) {
      return std::nullopt;
    }
    found |= *low <= c && c <= *high;
  }
}

// How much of `pattern` stands for the one character `c`; 0 when it doesn't.
size_t MatchOne(std::string_view pattern, char c) {
  switch (pattern.front()) {
    case '?':
      return 1;
    case '[': {
      const auto bracket = ReadBracket(pattern, static_cast<unsigned char>(c));
      return bracket && bracket->matches ? bracket->length : 0;
    }
    case '\\':
      return pattern.size() > 1 && pattern[1] == c ? 2 : 0;
    default:
      return pattern.front() == c ? 1 : 0;
  }
}

}  // namespace

// Both functions go back to the last star only: what an earlier one could take, the last can too.
bool MatchComponent(std::string_view pattern, std::string_view name) {
  size_t p = 0;
  size_t star = kNone;
  size_t resume = 0;
  for (size_t n = 0; n < name.size();) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
      continue;
    }
    if (const size_t length = p < pattern.size() ? MatchOne(pattern.substr(p), name[n]) : 0) {
      p += length;
      ++n;
    } else if (star != kNone) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == kNone;
}

bool MatchPath(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  size_t p = 0;
  size_t star = kNone;
  size_t resume = 0;
  for (size_t n = 0; n < path.size();) {
    if (p < pattern.size() && pattern[p] == "**") {
      if (p + 1 == pattern.size()) {
        return true;
      }
      star = p++;
      resume = n;
    } else if (p < pattern.size() && MatchComponent(pattern[p], path[n])) {
      ++p;
      ++n;
    } else if (star != kNone) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return p == pattern.size();
}

}  // namespace runtime::git
