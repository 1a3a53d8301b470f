// StepDefaults: `defaults`, the keys of every step that hasn't them itself.
#pragma once

#include "pipeline/findings.h"
#include "pipeline/template_reader.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

class StepDefaults {
 public:
  StepDefaults() = default;
  // Checks them as they stand, once for all steps. `entry` must outlive this object.
  StepDefaults(const YamlNode::Entry& entry, const NameScope& scope, Findings& findings);

  // The step with those of the defaults that go with what it does. Maps of both are put together,
  // key by key; of everything else the step's own counts.
  YamlNodePtr Complete(const YamlNodePtr& step) const;

 private:
  const YamlNode* map_ = nullptr;
};

}  // namespace pipeline
