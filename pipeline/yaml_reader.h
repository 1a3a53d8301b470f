// Reads YAML 1.2 into YamlNodes, with bounds: the text comes from strangers.
#pragma once

#include <string_view>

#include "pipeline/findings.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

inline constexpr size_t kMaxFileBytes = 1u << 20;
inline constexpr int kMaxYamlDepth = 32;
inline constexpr size_t kMaxYamlNodes = 200'000;  // aliases and merged keys counted each time

// Nothing when the text is no YAML or breaks a bound; the findings say where (codes E0xx).
// Duplicate keys and tabs are findings too, but don't hide what else is wrong.
//
// Only core tags are known. A plain `on`, `yes` or `3.10` is its text; null, ~ and nothing are
// kNull. Merge keys (`<<`) are resolved: a map's own keys win, then the earlier of a list.
YamlNodePtr ReadYaml(std::string_view text, Findings& findings);

}  // namespace pipeline
