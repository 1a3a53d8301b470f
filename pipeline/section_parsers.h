// Sections of the file that stand alone: `clone` and `concurrency`.
#pragma once

#include "pipeline/concurrency.h"
#include "pipeline/findings.h"
#include "pipeline/run_plan.h"
#include "pipeline/template_reader.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

CloneSpec ReadClone(const YamlNode::Entry& section, Findings& findings);

// A text is short for its `group`.
ConcurrencySpec ReadConcurrency(const YamlNode::Entry& section, TemplateReader& templates,
                                Findings& findings);

}  // namespace pipeline
