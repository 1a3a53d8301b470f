// A job of GitHub Actions: one machine on which all its steps work, so it becomes one step of ours.
// What stands under a condition of its own becomes another.
#pragma once

#include <vector>

#include "pipeline/import/draft.h"
#include "pipeline/import/source.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

struct GithubJob {
  DraftTexts needs;  // jobs, as the file names them
  Position at;
  DraftClone clone;              // what its checkout asks for beside the commit's files
  std::vector<DraftStep> steps;  // in their order; their needs are the caller's to say
};

// `file_defaults`: the file's `defaults`, or null.
GithubJob ReadGithubJob(const YamlNode::Entry& job, const YamlNode* file_defaults,
                        DraftNames& step_names, ImportNotes& notes);

}  // namespace pipeline
