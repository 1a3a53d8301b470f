#include "pipeline/run_facts.h"

#include <algorithm>
#include <array>

namespace pipeline {
namespace {

constexpr std::array<FactName, 12> kFactNames = {{
    {"event", false},
    {"branch", true},
    {"tag", true},
    {"commit", false},
    {"commit.short", false},
    {"commit.title", true},
    {"commit.author", true},
    {"repository", false},
    {"pull-request", false},
    {"pull-request.title", true},
    {"pipeline", false},
    {"run.id", false},
}};

std::string TitleOf(const RunFacts& facts) {
  return facts.event.title.empty() ? facts.checkout.title : facts.event.title;
}

std::string AuthorOf(const RunFacts& facts) {
  return facts.event.author.empty() ? facts.checkout.author : facts.event.author;
}

}  // namespace

std::span<const FactName> FactNames() { return kFactNames; }

const FactName* FindFactName(std::string_view name) {
  for (const FactName& fact : kFactNames) {
    if (fact.name == name) {
      return &fact;
    }
  }
  return nullptr;
}

std::string CommitOf(const RunFacts& facts) {
  return facts.checkout.commit.empty() ? facts.event.commit : facts.checkout.commit;
}

std::string BranchOf(const RunFacts& facts) {
  const bool named = !facts.event.branch.empty() || !facts.event.tag.empty();
  return named ? facts.event.branch : facts.checkout.branch;
}

std::optional<std::string> FactValue(const RunFacts& facts, std::string_view name) {
  if (std::find(facts.unknown.begin(), facts.unknown.end(), name) != facts.unknown.end()) {
    return std::nullopt;
  }
  const TriggerEvent& event = facts.event;
  if (name == "event") {
    return std::string(ToString(event.kind));
  }
  if (name == "branch") {
    return BranchOf(facts);
  }
  if (name == "tag") {
    return event.tag;
  }
  if (name == "commit") {
    return CommitOf(facts);
  }
  if (name == "commit.short") {
    return CommitOf(facts).substr(0, 12);
  }
  if (name == "commit.title") {
    return TitleOf(facts);
  }
  if (name == "commit.author") {
    return AuthorOf(facts);
  }
  if (name == "repository") {
    return event.repository;
  }
  if (name == "pull-request") {
    return event.pull_request == 0 ? "" : std::to_string(event.pull_request);
  }
  if (name == "pull-request.title") {
    return event.pull_request == 0 ? "" : TitleOf(facts);
  }
  if (name == "pipeline") {
    return facts.pipeline;
  }
  if (name == "run.id") {
    return facts.run_id;
  }
  constexpr std::string_view kInputs = "inputs.";
  if (name.starts_with(kInputs)) {
    const auto input = facts.inputs.find(std::string(name.substr(kInputs.size())));
    return input == facts.inputs.end() ? "" : input->second;
  }
  return std::nullopt;
}

std::optional<StepReference> ParseStepReference(std::string_view name) {
  constexpr std::string_view kPrefix = "steps.";
  if (!name.starts_with(kPrefix)) {
    return std::nullopt;
  }
  name.remove_prefix(kPrefix.size());
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos || dot == 0) {
    return std::nullopt;
  }
  StepReference reference = {name.substr(0, dot), name.substr(dot + 1), ""};
  if (reference.field.starts_with("outputs.")) {
    reference.key = reference.field.substr(8);
    reference.field = "outputs";
    return reference.key.empty() ? std::nullopt : std::optional(reference);
  }
  const bool known = reference.field == "image" || reference.field == "outcome";
  return known ? std::optional(reference) : std::nullopt;
}

}  // namespace pipeline
