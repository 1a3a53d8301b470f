// Woodpecker CI: steps are containers on one workspace, as with us.
#include <array>
#include <utility>

#include "pipeline/import/container_steps.h"
#include "pipeline/import/systems.h"

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;

constexpr std::array<ForeignVariable, 12> kWoodpeckerVariables = {{
    {"CI_COMMIT_SHA", "${{ commit }}"},
    {"CI_COMMIT_BRANCH", "${{ branch }}"},
    {"CI_COMMIT_TAG", "${{ tag }}"},
    {"CI_COMMIT_AUTHOR", "${{ commit.author }}"},
    {"CI_COMMIT_MESSAGE", "${{ commit.title }}"},
    {"CI_COMMIT_PULL_REQUEST", "${{ pull-request }}"},
    {"CI_COMMIT_REF_NAME", "${{ branch || tag }}"},
    {"CI_PIPELINE_EVENT", "${{ event }}"},
    {"CI_PIPELINE_NUMBER", "${{ run.id }}"},
    {"CI_REPO", "${{ repository }}"},
    {"CI_REPO_NAME", "${{ pipeline }}"},
    {"CI_WORKSPACE", "/workspace"},
}};

// The first value of each axis in place of ${AXIS}.
void FillMatrix(const YamlNode& matrix, DraftPipeline& draft, ImportNotes& notes) {
  notes.Add(matrix.at, "`matrix` is not carried over; the first value of each axis is a variable");
  const YamlNode* include = FindValue(&matrix, "include");
  const YamlNode& axes =
      include != nullptr && !include->items.empty() ? *include->items.front() : matrix;
  for (const YamlNode::Entry& axis : axes.entries) {
    const DraftTexts values = TextsOf(axis.value.get());
    if (IsOurVariable(axis.key) && !values.empty()) {
      draft.env.emplace_back(axis.key, Neutral(values.front()));
    }
  }
}

// Events and branches of the whole file.
void ReadFileWhen(const YamlNode& when, DraftPipeline& draft, ImportNotes& notes) {
  const YamlNode& first =
      when.kind == Kind::kList && when.items.size() == 1 ? *when.items.front() : when;
  const DraftTexts events = TextsOf(FindValue(&first, "event"));
  DraftFilter filter;
  filter.branches = GlobsOf(FindValue(&first, "branch"), notes);
  for (const std::string& event : events.empty() ? DraftTexts{"push", "pull_request"} : events) {
    if (event == "push") {
      const DraftTexts tags = draft.on_push ? draft.on_push->tags : DraftTexts();
      draft.on_push = filter;
      draft.on_push->tags = tags;
    } else if (event == "tag") {
      draft.on_push = draft.on_push.value_or(DraftFilter{{}, {"**"}, {}, {}});
      draft.on_push->tags = {"**"};
    } else if (event == "pull_request") {
      draft.on_pull_request = filter;
    } else if (event == "manual") {
      draft.on_manual = true;
    } else {
      notes.Add(when.at, "the event `" + event + "` is not carried over");
    }
  }
  if (when.kind == Kind::kList && when.items.size() > 1) {
    notes.Add(when.at, "a list of `when` is not carried over; write `on`");
  } else {
    notes.LeftOutBut(first, {"event", "branch"});
  }
}

}  // namespace

DraftPipeline ImportWoodpecker(const YamlNode& root, ImportNotes& notes) {
  DraftPipeline draft;
  if (const YamlNode* when = FindValue(&root, "when")) {
    ReadFileWhen(*when, draft, notes);
  }
  if (const YamlNode* matrix = FindValue(&root, "matrix")) {
    FillMatrix(*matrix, draft, notes);
  }
  for (const char* key : {"steps", "pipeline"}) {
    if (const YamlNode* steps = FindValue(&root, key)) {
      draft.steps = ReadContainerSteps(*steps, notes);
      break;
    }
  }
  notes.LeftOutBut(root, {"when", "matrix", "steps", "pipeline", "variables", "clone"});
  SetVariables(draft, kWoodpeckerVariables);
  return draft;
}

}  // namespace pipeline
