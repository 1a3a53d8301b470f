#include "runtime/git/helper/gitmodules.h"

#include <strings.h>

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

// The name of `[submodule "NAME"]`; nothing for another section.
std::optional<std::string> SubmoduleName(std::string_view header) {
  constexpr std::string_view kBegin = "[submodule \"";
  if (!header.starts_with(kBegin) || !header.ends_with("\"]")) {
    return std::nullopt;
  }
  return std::string(header.substr(kBegin.size(), header.size() - kBegin.size() - 2));
}

// git-config(1), "SYNTAX": quotes, backslashes, comments.
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

bool IsName(std::string_view name, const char* wanted) {
  return ::strcasecmp(std::string(name).c_str(), wanted) == 0;
}

}  // namespace

std::map<std::string, std::string> ParseGitmodules(std::string_view text) {
  struct Section {
    std::string path;
    std::string url;
  };
  std::map<std::string, Section> sections;
  Section* current = nullptr;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('[')) {
      const std::optional<std::string> name = SubmoduleName(line);
      current = name ? &sections[*name] : nullptr;
      continue;
    }
    const size_t equals = line.find('=');
    if (current == nullptr || equals == std::string_view::npos) {
      continue;
    }
    const std::string_view key = Trimmed(line.substr(0, equals));
    const std::string value = Value(Trimmed(line.substr(equals + 1)));
    if (IsName(key, "path")) {
      current->path = value;
    } else if (IsName(key, "url")) {
      current->url = value;
    }
  }
  std::map<std::string, std::string> urls;
  for (const auto& [name, section] : sections) {
    if (!section.path.empty() && !section.url.empty()) {
      urls[section.path] = section.url;
    }
  }
  return urls;
}

}  // namespace runtime::git
