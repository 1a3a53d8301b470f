#include "pipeline/import/github_expression.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "pipeline/expression.h"
#include "pipeline/run_facts.h"

namespace pipeline {
namespace {

struct Context {
  std::string_view name;      // in `${{ }}`
  std::string_view variable;  // that GitHub sets too
  std::string_view ours;
};
constexpr std::array<Context, 9> kContexts = {{
    {"github.sha", "GITHUB_SHA", "${{ commit }}"},
    {"github.ref_name", "GITHUB_REF_NAME", "${{ branch || tag }}"},
    {"github.head_ref", "GITHUB_HEAD_REF", "${{ branch }}"},
    {"github.repository", "GITHUB_REPOSITORY", "${{ repository }}"},
    {"github.event_name", "GITHUB_EVENT_NAME", "${{ event }}"},
    {"github.run_id", "GITHUB_RUN_ID", "${{ run.id }}"},
    {"github.run_number", "GITHUB_RUN_NUMBER", "${{ run.id }}"},
    {"github.workflow", "GITHUB_WORKFLOW", "${{ pipeline }}"},
    {"github.workspace", "GITHUB_WORKSPACE", "/workspace"},
}};

std::string_view Trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t\n") + 1);
}

const Context* FindContext(std::string_view name) {
  const auto* const found = std::find_if(kContexts.begin(), kContexts.end(),
                                         [&](const Context& c) { return c.name == name; });
  return found == kContexts.end() ? nullptr : found;
}

// Replaces each `${{ X }}` by what `value` answers for X.
std::string Fill(std::string_view text, const std::function<std::string(std::string_view)>& value) {
  std::string filled;
  while (true) {
    const size_t begin = text.find("${{");
    const size_t end = begin == std::string_view::npos ? begin : text.find("}}", begin);
    if (end == std::string_view::npos) {
      return filled + Neutral(std::string(text));
    }
    filled += text.substr(0, begin);
    filled += value(Trimmed(text.substr(begin + 3, end - begin - 3)));
    text.remove_prefix(end + 2);
  }
}

// The value of matrix.X; nothing when the name isn't one.
std::optional<std::string> MatrixValue(std::string_view name, const GithubNames& names) {
  if (!name.starts_with("matrix.")) {
    return std::nullopt;
  }
  const auto found = names.matrix.find(std::string(name.substr(7)));
  return found == names.matrix.end() ? std::nullopt : std::optional(found->second);
}

void NoteUnknown(const YamlNode& scalar, std::string_view name, ImportNotes& notes) {
  notes.Add(scalar.at, "`${{ " + std::string(name) + " }}` is not carried over; it is empty now");
}

}  // namespace

std::string FillShellText(const YamlNode& scalar, const GithubNames& names, DraftEnv& secrets,
                          ImportNotes& notes) {
  return Fill(scalar.text, [&](std::string_view name) -> std::string {
    if (const auto value = MatrixValue(name, names)) {
      return Neutral(*value);
    }
    if (const Context* context = FindContext(name)) {
      return "${" + std::string(context->variable) + "}";
    }
    if (name.starts_with("env.") && IsOurVariable(name.substr(4))) {
      return "${" + std::string(name.substr(4)) + "}";
    }
    if (name.starts_with("secrets.") && IsOurVariable(name.substr(8))) {
      const std::string secret(name.substr(8));
      if (std::find(secrets.begin(), secrets.end(), std::pair(secret, secret)) == secrets.end()) {
        secrets.emplace_back(secret, secret);
      }
      return "${" + secret + "}";
    }
    NoteUnknown(scalar, name, notes);
    return "";
  });
}

std::string FillValue(const YamlNode& scalar, const GithubNames& names, ImportNotes& notes) {
  return Fill(scalar.text, [&](std::string_view name) -> std::string {
    if (const auto value = MatrixValue(name, names)) {
      return Neutral(*value);
    }
    if (const Context* context = FindContext(name)) {
      return std::string(context->ours);
    }
    NoteUnknown(scalar, name, notes);
    return "";
  });
}

std::string SecretOfValue(std::string_view text) {
  text = Trimmed(text);
  if (!text.starts_with("${{") || !text.ends_with("}}")) {
    return "";
  }
  text = Trimmed(text.substr(3, text.size() - 5));
  const bool secret = text.starts_with("secrets.") && IsOurVariable(text.substr(8));
  return secret ? std::string(text.substr(8)) : "";
}

std::optional<std::string> GithubCondition(const std::string& text) {
  if (text.size() > kMaxCondition) {
    return std::nullopt;
  }
  std::string condition(Trimmed(text));
  if (condition.starts_with("${{") && condition.ends_with("}}")) {
    condition = Trimmed(std::string_view(condition).substr(3, condition.size() - 5));
  }
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kWords = {{
      {"github.ref == 'refs/heads/", "branch == '"},
      {"github.ref != 'refs/heads/", "branch != '"},
      {"github.ref == 'refs/tags/", "tag == '"},
      {"startsWith(github.ref, 'refs/tags/')", "tag != ''"},
      {"startsWith(github.ref, 'refs/tags')", "tag != ''"},
      {"startsWith(github.ref,'refs/tags/')", "tag != ''"},
      {"github.ref_type == 'tag'", "tag != ''"},
      {"github.event_name == 'push'", "(event == 'push' || event == 'tag')"},
      {"github.event_name", "event"},
      {"'pull_request'", "'pull-request'"},
      {"'workflow_dispatch'", "'manual'"},
      {"github.ref_name", "branch"},
      {"github.head_ref", "branch"},
      {"github.repository", "repository"},
      {"failure()", "failed()"},
      {"success() && ", ""},
  }};
  for (const auto& [theirs, ours] : kWords) {
    Replace(condition, theirs, ours);
  }
  if (condition == "success()") {
    return "";
  }
  Expression::ParseError error;
  const std::optional<Expression> expression = Expression::Parse(condition, error);
  if (!expression || condition.find("}}") != std::string::npos) {
    return std::nullopt;
  }
  for (const std::string& name : expression->Names()) {
    if (FindFactName(name) == nullptr && name != "always()" && name != "failed()") {
      return std::nullopt;
    }
  }
  return condition;
}

std::span<const ForeignVariable> GithubVariables() {
  static const std::vector<ForeignVariable> variables = [] {
    std::vector<ForeignVariable> all;
    for (const Context& context : kContexts) {
      all.push_back({context.variable, context.ours});
    }
    return all;
  }();
  return variables;
}

}  // namespace pipeline
