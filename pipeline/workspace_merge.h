// What a step starts from: the workspaces of the steps that it waits for, put together.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/step_result.h"

namespace pipeline {

// What a step hands on.
struct Workspace {
  WorkspaceLayers layers;
  // Why it can't be used: two steps changed the same path. Only a step that looks at the workspace
  // fails by it.
  std::string conflict;
};

// First path that two layers changed to different contents, and the step that made a layer.
struct MergeSeams {
  std::function<std::optional<std::string>(const std::string&, const std::string&)> find_conflict;
  std::function<std::string(const std::string& layer)> step_of;
};

// The union of the stacks, each layer once, in the order given: what all share stays lowest, and a
// layer stays above those that it was made on. Layers of which neither was made on the other are
// compared. What find_conflict throws comes through.
Workspace MergeWorkspaces(const std::vector<const Workspace*>& inputs, const MergeSeams& seams);

}  // namespace pipeline
