// The importers, one a system: each turns the file's nodes into a draft and notes what it leaves
// out.
#pragma once

#include "pipeline/import/draft.h"
#include "pipeline/import/source.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

DraftPipeline ImportGithub(const YamlNode& root, ImportNotes& notes);
DraftPipeline ImportGitlab(const YamlNode& root, ImportNotes& notes);
DraftPipeline ImportWoodpecker(const YamlNode& root, ImportNotes& notes);
DraftPipeline ImportDrone(const YamlNode& root, ImportNotes& notes);

}  // namespace pipeline
