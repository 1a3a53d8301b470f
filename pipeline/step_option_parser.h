// The keys of a step that have keys of their own, or values that must be checked: tests, artifacts,
// secrets, volumes, cache, retry.
#pragma once

#include <vector>

#include "pipeline/findings.h"
#include "pipeline/run_plan.h"
#include "pipeline/template_reader.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

TestsSpec ReadTests(const YamlNode::Entry& section, Findings& findings);
ArtifactsSpec ReadArtifacts(const YamlNode::Entry& section, Findings& findings);
std::vector<SecretUse> ReadSecrets(const YamlNode::Entry& section, Findings& findings);
std::vector<VolumeSpec> ReadVolumes(const YamlNode::Entry& entry, Findings& findings);
std::vector<CacheSpec> ReadCaches(const YamlNode::Entry& entry, TemplateReader& templates,
                                  Findings& findings);
RetrySpec ReadRetry(const YamlNode::Entry& section, Findings& findings);

}  // namespace pipeline
