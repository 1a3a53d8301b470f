// `matrix`, of the file or of a step -> cells.
#pragma once

#include <vector>

#include "pipeline/findings.h"
#include "pipeline/matrix.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// Axes by name, with `include` and `exclude` beside them. After a finding (bad names, no values, a
// value twice, too many cells): what can be used of it.
std::vector<MatrixCell> ReadMatrix(const YamlNode::Entry& entry, Findings& findings);

}  // namespace pipeline
