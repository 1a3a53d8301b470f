// Steps that are containers, as Woodpecker and Drone have them: nearly ours.
#pragma once

#include <string>
#include <vector>

#include "pipeline/import/draft.h"
#include "pipeline/import/source.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// `steps` is a list of steps with a `name`, or a map of names to steps. Steps that do nothing but
// run a plugin are noted and left out.
std::vector<DraftStep> ReadContainerSteps(const YamlNode& steps, ImportNotes& notes);

// `when` of a step, or of the whole file, as an expression.
struct WhenCondition {
  std::string condition;  // empty: always
  bool exact = true;      // false: ours can't say all of it
};
WhenCondition ReadWhen(const YamlNode& when);

}  // namespace pipeline
