// When a job of GitLab CI runs, in our words: `rules`, `only`, `except`, `when`.
#pragma once

#include "pipeline/import/draft.h"
#include "pipeline/import/source.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// Sets the step's condition; `job` has what it extends merged in. What ours can't say is noted, and
// the step never runs.
void ReadGitlabRules(const YamlNode& job, Position at, DraftStep& step, ImportNotes& notes);

}  // namespace pipeline
