// `on` of a pipeline file -> Triggers.
#pragma once

#include "pipeline/findings.h"
#include "pipeline/triggers.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// A text, a list of texts, or a map: `on: push`, `on: [push, pull-request]`, `on: {push: ...}`.
// What isn't named starts no run.
Triggers ParseTriggers(const YamlNode& value, Findings& findings);

}  // namespace pipeline
