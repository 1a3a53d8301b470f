// `services`, of the file or of a step.
#pragma once

#include <vector>

#include "pipeline/findings.h"
#include "pipeline/service_spec.h"
#include "pipeline/template_reader.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// Names to services. `use`: what their texts may mention.
std::vector<ServiceSpec> ReadServices(const YamlNode::Entry& entry, NameUse use,
                                      TemplateReader& templates, Findings& findings);

}  // namespace pipeline
