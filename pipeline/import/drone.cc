// Drone CI: documents of kind `pipeline`; the first one is taken.
#include <array>
#include <utility>

#include "pipeline/import/container_steps.h"
#include "pipeline/import/systems.h"

namespace pipeline {
namespace {

constexpr std::array<ForeignVariable, 11> kDroneVariables = {{
    {"DRONE_COMMIT", "${{ commit }}"},
    {"DRONE_COMMIT_SHA", "${{ commit }}"},
    {"DRONE_COMMIT_BRANCH", "${{ branch }}"},
    {"DRONE_COMMIT_AUTHOR", "${{ commit.author }}"},
    {"DRONE_COMMIT_MESSAGE", "${{ commit.title }}"},
    {"DRONE_BRANCH", "${{ branch }}"},
    {"DRONE_TAG", "${{ tag }}"},
    {"DRONE_PULL_REQUEST", "${{ pull-request }}"},
    {"DRONE_BUILD_NUMBER", "${{ run.id }}"},
    {"DRONE_BUILD_EVENT", "${{ event }}"},
    {"DRONE_REPO", "${{ repository }}"},
}};

void ReadTrigger(const YamlNode& trigger, DraftPipeline& draft, ImportNotes& notes) {
  const WhenCondition read = ReadWhen(trigger);
  if (!read.exact) {
    notes.Add(trigger.at, "`trigger` is not carried over; write `on`, or `if` at the steps");
    return;
  }
  for (DraftStep& step : draft.steps) {
    step.condition = step.condition == "false" ? "false" : Both(read.condition, step.condition);
  }
}

}  // namespace

DraftPipeline ImportDrone(const YamlNode& root, ImportNotes& notes) {
  DraftPipeline draft;
  draft.name = Neutral(TextOf(FindValue(&root, "name")));
  const std::string type = TextOf(FindValue(&root, "type"));
  if (!type.empty() && type != "docker" && type != "kubernetes") {
    notes.Add(root.at, "this pipeline is of type \"" + type + "\"; its steps become containers");
  }
  if (const YamlNode* environment = FindValue(&root, "environment")) {
    for (const YamlNode::Entry& entry : environment->entries) {
      if (IsOurVariable(entry.key)) {
        draft.env.emplace_back(entry.key, Neutral(TextOf(entry.value.get())));
      } else {
        notes.LeftOut(entry, "it can't be the name of a variable here");
      }
    }
  }
  if (const YamlNode* steps = FindValue(&root, "steps")) {
    draft.steps = ReadContainerSteps(*steps, notes);
  }
  if (const YamlNode* trigger = FindValue(&root, "trigger")) {
    ReadTrigger(*trigger, draft, notes);
  }
  notes.LeftOutBut(root, {"kind", "type", "name", "environment", "steps", "trigger", "clone"});
  SetVariables(draft, kDroneVariables);
  return draft;
}

}  // namespace pipeline
