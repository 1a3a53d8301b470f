#include "runtime/git/helper/ignore_rules.h"

#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/git/wildmatch.h"

namespace runtime::git {
namespace {

// Without the spaces at the end that no "\" keeps.
std::string_view TrimEnd(std::string_view line) {
  while (line.ends_with(' ')) {
    size_t backslashes = 0;
    while (backslashes + 1 < line.size() && line[line.size() - 2 - backslashes] == '\\') {
      ++backslashes;
    }
    if (backslashes % 2 == 1) {
      break;
    }
    line.remove_suffix(1);
  }
  return line;
}

}  // namespace

bool IgnoreRules::Parse(std::string_view line, Rule& rule) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  line = TrimEnd(line);
  if (line.empty() || line.front() == '#') {
    return false;
  }
  if (line.front() == '!') {
    rule.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.directory_only = true;
    line.remove_suffix(1);
  }
  rule.anywhere = line.find('/') == std::string_view::npos;
  if (line.starts_with('/')) {
    line.remove_prefix(1);
  }
  if (line.empty()) {
    return false;
  }
  for (const std::string_view part : base::Split(line, '/')) {
    rule.pattern.emplace_back(part);
  }
  return true;
}

void IgnoreRules::Push(std::string_view prefix, std::string_view content) {
  if (content.starts_with("\xef\xbb\xbf")) {
    content.remove_prefix(3);
  }
  File file{.prefix_size = prefix.size(), .rules = {}};
  while (!content.empty()) {
    const size_t end = std::min(content.find('\n'), content.size());
    Rule rule;
    if (Parse(content.substr(0, end), rule)) {
      file.rules.push_back(std::move(rule));
    }
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  files_.push_back(std::move(file));
}

bool IgnoreRules::Match(std::string_view path, bool is_directory) const {
  for (auto file = files_.rbegin(); file != files_.rend(); ++file) {
    if (file->rules.empty()) {
      continue;
    }
    const auto parts = base::Split(path.substr(file->prefix_size), '/');
    for (auto rule = file->rules.rbegin(); rule != file->rules.rend(); ++rule) {
      if (rule->directory_only && !is_directory) {
        continue;
      }
      if (rule->anywhere ? MatchComponent(rule->pattern.front(), parts.back())
                         : MatchPath(rule->pattern, parts)) {
        return !rule->negated;
      }
    }
  }
  return false;
}

}  // namespace runtime::git
