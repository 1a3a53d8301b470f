#include "pipeline/import/gitlab_rules.h"

#include <array>
#include <optional>
#include <utility>

#include "pipeline/expression.h"
#include "pipeline/run_facts.h"

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;

constexpr size_t kMaxRules = 10;

// An `if` of GitLab: $NAME, texts, == != && || and patterns, which ours doesn't have.
std::optional<std::string> Condition(std::string text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kWords = {{
      {"$CI_PIPELINE_SOURCE", "event"},
      {"\"merge_request_event\"", "\"pull-request\""},
      {"'merge_request_event'", "'pull-request'"},
      {"\"web\"", "\"manual\""},
      {"$CI_COMMIT_BRANCH", "branch"},
      {"$CI_COMMIT_REF_NAME", "branch"},
      {"$CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "branch"},
      {"$CI_MERGE_REQUEST_IID", "pull-request"},
      {"$CI_MERGE_REQUEST_ID", "pull-request"},
      {"$CI_COMMIT_TAG", "tag"},
      {"null", "''"},
      {"$CI_PROJECT_PATH", "repository"},
  }};
  if (text.empty() || text.size() > kMaxCondition || text.find("}}") != std::string::npos) {
    return std::nullopt;
  }
  for (const auto& [theirs, ours] : kWords) {
    Replace(text, theirs, ours);
  }
  Expression::ParseError error;
  const std::optional<Expression> expression = Expression::Parse(text, error);
  if (!expression) {
    return std::nullopt;
  }
  for (const std::string& name : expression->Names()) {
    if (FindFactName(name) == nullptr) {
      return std::nullopt;
    }
  }
  return text;
}

std::string Not(const std::string& condition) { return "!(" + condition + ")"; }

// The first rule whose `if` holds decides, by its `when`.
std::optional<std::string> FromRules(const YamlNode& rules) {
  if (rules.kind != Kind::kList || rules.items.size() > kMaxRules) {
    return std::nullopt;
  }
  std::string any;
  std::string none_before;
  for (const YamlNodePtr& rule : rules.items) {
    for (const YamlNode::Entry& entry : rule->entries) {
      if (entry.key != "if" && entry.key != "when") {
        return std::nullopt;
      }
    }
    const YamlNode* condition = FindValue(rule.get(), "if");
    const std::string when = TextOf(FindValue(rule.get(), "when"));
    const std::optional<std::string> holds =
        condition == nullptr ? "" : Condition(TextOf(condition));
    if (!holds || (when != "" && when != "on_success" && when != "always" && when != "never")) {
      return std::nullopt;
    }
    if (when != "never") {
      const std::string both = Both(none_before, *holds);
      const std::string one = both.empty() ? "true" : both;
      any += (any.empty() ? "" : " || ") + (any.empty() ? one : "(" + one + ")");
    }
    if (condition == nullptr) {
      break;
    }
    none_before = Both(none_before, Not(*holds));
  }
  return any.empty() ? "false" : any;
}

// `only` and `except`: names of branches, "tags", "branches", "merge_requests".
std::optional<std::string> FromNames(const YamlNode& names) {
  const YamlNode* refs = FindValue(&names, "refs");
  if (names.kind == Kind::kMap && (refs == nullptr || names.entries.size() > 1)) {
    return std::nullopt;
  }
  std::string any;
  DraftTexts branches;
  const auto add = [&](const std::string& condition) {
    any += (any.empty() ? "" : " || ") + condition;
  };
  for (const std::string& name : TextsOf(refs == nullptr ? &names : refs)) {
    if (name == "tags") {
      add("tag != ''");
    } else if (name == "branches") {
      add("(branch != '' && event != 'pull-request')");
    } else if (name == "merge_requests") {
      add("event == 'pull-request'");
    } else if (name == "web") {
      add("event == 'manual'");
    } else if (name == "pushes") {
      add("(event == 'push' || event == 'tag')");
    } else {
      branches.push_back(name);
    }
  }
  const std::optional<std::string> named = IsOneOf("branch", branches);
  if (!named) {
    return std::nullopt;
  }
  if (!named->empty()) {
    add(*named);
  }
  return any;
}

std::optional<std::string> All(const YamlNode& job) {
  std::string condition;
  if (const YamlNode* rules = FindValue(&job, "rules")) {
    return FromRules(*rules);
  }
  if (const YamlNode* only = FindValue(&job, "only")) {
    const std::optional<std::string> named = FromNames(*only);
    if (!named) {
      return std::nullopt;
    }
    condition = *named;
  }
  if (const YamlNode* except = FindValue(&job, "except")) {
    const std::optional<std::string> named = FromNames(*except);
    if (!named || named->empty()) {
      return std::nullopt;
    }
    condition = Both(condition, Not(*named));
  }
  const std::string when = TextOf(FindValue(&job, "when"));
  if (when == "always") {
    return Both(condition, "always()");
  }
  if (when == "on_failure") {
    return Both(condition, "failed()");
  }
  if (when == "manual") {
    return Both(condition, "event == 'manual'");
  }
  return when == "never" ? "false" : condition;
}

}  // namespace

void ReadGitlabRules(const YamlNode& job, Position at, DraftStep& step, ImportNotes& notes) {
  if (const std::optional<std::string> condition = All(job)) {
    step.condition = *condition;
    if (TextOf(FindValue(&job, "when")) == "manual") {
      notes.Add(at,
                "`when: manual` is a condition now: the step runs when somebody asks for a run");
    }
    return;
  }
  NeverRun(step, "`rules`, `only` or `except` of the job");
  notes.Add(at, "when this job runs is not carried over, so that step never does; write its `if`");
}

}  // namespace pipeline
