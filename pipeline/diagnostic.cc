#include "pipeline/diagnostic.h"

#include <algorithm>

#include "runtime/base/terminal_text.h"

namespace pipeline {
namespace {

using runtime::base::ForMessage;

// What is shown of a long source line around the finding.
constexpr size_t kShown = 120;

std::string_view LineOf(std::string_view source, int line) {
  for (int i = 1; i < line; ++i) {
    const size_t end = source.find('\n');
    if (end == std::string_view::npos) {
      return "";
    }
    source.remove_prefix(end + 1);
  }
  return source.substr(0, source.find_first_of("\r\n"));
}

// One column a character, so that the caret stands below what it means.
std::string Shown(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\t', ' ');
  return ForMessage(line);
}

size_t Width(std::string_view utf8) {
  return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

bool ContinuesCharacter(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

}  // namespace

std::string Format(const Diagnostic& diagnostic, std::string_view source) {
  std::string text = ForMessage(diagnostic.file) + ":";
  if (diagnostic.line > 0) {
    text += std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column);
  }
  text += " " + diagnostic.code + " " + ForMessage(diagnostic.message) + "\n";
  const std::string_view line = LineOf(source, diagnostic.line);
  if (diagnostic.line <= 0 || line.empty()) {
    return text;
  }
  const size_t caret =
      std::min(static_cast<size_t>(std::max(diagnostic.column, 1)) - 1, line.size());
  size_t begin = caret > kShown / 2 && line.size() > kShown ? caret - kShown / 2 : 0;
  while (begin > 0 && ContinuesCharacter(line, begin)) {
    --begin;
  }
  size_t end = std::min(begin + kShown, line.size());
  while (ContinuesCharacter(line, end)) {
    ++end;
  }
  const std::string before = Shown(line.substr(begin, caret - begin));
  text += "  " + before + Shown(line.substr(caret, std::max(end, caret) - caret)) + "\n";
  text += "  " + std::string(Width(before), ' ') + "^\n";
  return text;
}

}  // namespace pipeline
