#include "runtime/git/attribute_rules.h"

#include <algorithm>
#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/text.h"
#include "runtime/git/wildmatch.h"

namespace runtime::git {
namespace {

constexpr size_t kMaxAttributeLine = 2048;  // as git has it (attr.h)
constexpr std::string_view kSpace = " \t\r";
constexpr size_t kMaxMacroDepth = 16;  // of macros that are made of macros
constexpr size_t kMaxRules = 10'000;
constexpr std::string_view kMacro = "[attr]";

// The first word, taken off the text; empty at its end.
std::string_view TakeWord(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kSpace));
  text.remove_prefix(word.size());
  return word;
}

// What one backslash and the text after it stand for in quotes, as in C; nothing for another.
std::optional<char> TakeEscape(std::string_view& text) {
  constexpr std::string_view kNames = "abfnrtv\\\"";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"";
  if (const size_t at = text.empty() ? std::string_view::npos : kNames.find(text.front());
      at != std::string_view::npos) {
    text.remove_prefix(1);
    return kMeanings[at];
  }
  if (text.size() < 3 || text.front() > '3' ||
      !std::all_of(text.begin(), text.begin() + 3, [](char c) { return c >= '0' && c <= '7'; })) {
    return std::nullopt;
  }
  const int value = (text[0] - '0') * 64 + (text[1] - '0') * 8 + (text[2] - '0');
  text.remove_prefix(3);
  return static_cast<char>(value);
}

// A pattern in quotes, taken off the text; nothing when they have no end.
std::optional<std::string> TakeQuoted(std::string_view& text) {
  std::string_view rest = text.substr(1);
  std::string pattern;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') {
      text = rest;
      return pattern;
    }
    const std::optional<char> meant = c == '\\' ? TakeEscape(rest) : c;
    if (!meant) {
      return std::nullopt;
    }
    pattern += *meant;
  }
  return std::nullopt;
}

}  // namespace

std::vector<AttributeRules::Assignment> AttributeRules::ParseAssignments(std::string_view text) {
  std::vector<Assignment> assignments;
  for (std::string_view word = TakeWord(text); !word.empty(); word = TakeWord(text)) {
    if (word.front() == '-' || word.front() == '!') {
      assignments.push_back({std::string(word.substr(1)), ""});
      continue;
    }
    const size_t equals = word.find('=');
    assignments.push_back(
        {std::string(word.substr(0, equals)),
         equals == std::string_view::npos ? "true" : std::string(word.substr(equals + 1))});
  }
  return assignments;
}

void AttributeRules::ParseLine(std::string_view line, bool is_root, std::vector<Rule>& rules) {
  line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
  if (line.empty() || line.front() == '#') {
    return;
  }
  std::optional<std::string> pattern;
  if (line.front() == '"') {
    pattern = TakeQuoted(line);
  }
  if (!pattern) {
    pattern = std::string(TakeWord(line));
  }
  if (++rules_ > kMaxRules) {
    throw base::Error(base::ErrorKind::kInvalid,
                      "the .gitattributes files have more than the limit of " +
                          std::to_string(kMaxRules) + " rules");
  }
  std::vector<Assignment> assignments = ParseAssignments(line);
  mentions_filter_ =
      mentions_filter_ || std::any_of(assignments.begin(), assignments.end(), [](const auto& a) {
        return a.name == "filter" && !a.value.empty();
      });
  if (pattern->starts_with(kMacro)) {
    if (is_root) {
      macros_[pattern->substr(kMacro.size())] = std::move(assignments);
    }
    return;
  }
  // One of a directory ("dir/") names no file.
  if (pattern->empty() || pattern->starts_with('!') || pattern->ends_with('/')) {
    return;
  }
  Rule rule;
  rule.anywhere = pattern->find('/') == std::string::npos;
  const size_t skipped = pattern->starts_with('/') ? 1 : 0;
  for (const std::string_view part : base::Split(std::string_view(*pattern).substr(skipped), '/')) {
    rule.pattern.emplace_back(part);
  }
  rule.assignments = std::move(assignments);
  rules.push_back(std::move(rule));
}

void AttributeRules::Add(const std::string& prefix, std::string_view content) {
  if (content.starts_with("\xef\xbb\xbf")) {
    content.remove_prefix(3);
  }
  std::vector<Rule> rules;
  while (!content.empty()) {
    const size_t end = std::min(content.find('\n'), content.size());
    if (end < kMaxAttributeLine) {
      ParseLine(content.substr(0, end), prefix.empty(), rules);
    }
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  if (!rules.empty()) {
    files_[prefix] = std::move(rules);
  }
}

// The last assignment of each name counts, and the first that is looked at from the end; a macro
// that is set means what it was defined as. True when that settles the filter.
bool AttributeRules::Decide(const std::vector<Assignment>& assignments,
                            std::set<std::string>& known, std::string& filter, size_t depth) const {
  for (auto found = assignments.rbegin(); found != assignments.rend(); ++found) {
    if (!known.insert(found->name).second) {
      continue;
    }
    if (found->name == "filter") {
      filter = found->value;
      return true;
    }
    const auto macro = macros_.find(found->name);
    if (macro != macros_.end() && found->value == "true" && depth < kMaxMacroDepth &&
        Decide(macro->second, known, filter, depth + 1)) {
      return true;
    }
  }
  return false;
}

std::string AttributeRules::FilterOf(std::string_view path) const {
  std::set<std::string> known;
  std::string filter;
  const auto slash_before = [&](size_t end) {
    return end == 0 ? std::string_view::npos : path.rfind('/', end - 1);
  };
  for (size_t end = path.rfind('/');; end = slash_before(end)) {
    const std::string_view prefix =
        end == std::string_view::npos ? std::string_view() : path.substr(0, end + 1);
    if (const auto file = files_.find(prefix); file != files_.end()) {
      const std::vector<std::string_view> parts = base::Split(path.substr(prefix.size()), '/');
      for (auto rule = file->second.rbegin(); rule != file->second.rend(); ++rule) {
        const bool matches = rule->anywhere ? MatchComponent(rule->pattern.front(), parts.back())
                                            : MatchPath(rule->pattern, parts);
        if (matches && Decide(rule->assignments, known, filter, 0)) {
          return filter;
        }
      }
    }
    if (prefix.empty()) {
      return filter;
    }
  }
}

}  // namespace runtime::git
