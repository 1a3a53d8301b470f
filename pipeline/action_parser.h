// What a step does: `run`, `argv`, `image-build`, `push` and the keys that go with them.
#pragma once

#include "pipeline/findings.h"
#include "pipeline/key_table.h"
#include "pipeline/run_plan.h"
#include "pipeline/template_reader.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// The kind bit of `run`, `argv`, `image-build` or `push`; 0 for other keys.
unsigned KindOfAction(std::string_view key);

// The kind bit of the one action that the step has. After a finding (none, or several):
// kEveryStep, so that the other keys are read nonetheless.
unsigned FindStepKind(const YamlNode& step, Position at, Findings& findings);

// Takes a key of a command step: image, run, argv, shell, limits, network, user, workdir,
// workspace. False for other keys.
bool ReadCommandKey(const Key& key, const YamlNode::Entry& entry, CommandAction& command,
                    TemplateReader& templates, Findings& findings);

Limits ReadLimits(const YamlNode::Entry& section, Findings& findings);
ImageBuildAction ReadImageBuild(const YamlNode::Entry& entry, TemplateReader& templates,
                                Findings& findings);
PushAction ReadPush(const YamlNode::Entry& entry, TemplateReader& templates, Findings& findings);

}  // namespace pipeline
