#include "runtime/git/config_text.h"

#include <algorithm>
#include <optional>

namespace runtime::git {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr char kBlanks[] = " \t\r";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

// Of `[section]` or `[section "subsection"]`; nothing for another form.
std::optional<ConfigValue> ParseHeader(std::string_view header) {
  if (!header.ends_with(']')) {
    return std::nullopt;
  }
  header = header.substr(1, header.size() - 2);
  const size_t quote = header.find(" \"");
  if (header.find('"') == std::string_view::npos) {
    return ConfigValue{.section = LowerCase(header), .subsection = {}, .key = {}, .value = {}};
  }
  if (quote == std::string_view::npos || !header.ends_with('"') || header.size() < quote + 3) {
    return std::nullopt;
  }
  return ConfigValue{.section = LowerCase(header.substr(0, quote)),
                     .subsection = std::string(header.substr(quote + 2, header.size() - quote - 3)),
                     .key = {},
                     .value = {}};
}

// Quotes, backslashes, comments.
std::string Value(std::string_view text) {
  std::string value;
  bool quoted = false;
  size_t end = 0;  // of what isn't blank, or is quoted
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      quoted = !quoted;
      continue;
    }
    if (!quoted && (c == '#' || c == ';')) {
      break;
    }
    value += c == '\\' && i + 1 < text.size() ? text[++i] : c;
    end = quoted || (c != ' ' && c != '\t') ? value.size() : end;
  }
  value.resize(end);
  return value;
}

}  // namespace

void ForEachConfigValue(std::string_view text,
                        const std::function<void(const ConfigValue&)>& found) {
  std::optional<ConfigValue> current;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('[')) {
      current = ParseHeader(line);
      continue;
    }
    const size_t equals = line.find('=');
    if (!current || equals == std::string_view::npos) {
      continue;
    }
    current->key = LowerCase(Trimmed(line.substr(0, equals)));
    current->value = Value(Trimmed(line.substr(equals + 1)));
    found(*current);
  }
}

}  // namespace runtime::git
