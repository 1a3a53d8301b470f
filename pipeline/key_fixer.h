// KeyFixer: the changes of a file's text that mend a wrong key, where only one is possible.
#pragma once

#include <string_view>
#include <vector>

#include "pipeline/findings.h"
#include "pipeline/key_table.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// For the keys of one map. Answers nothing where the map has the right key too, where two keys
// of other systems mean the same, and where the value doesn't fit the right key.
class KeyFixer {
 public:
  // All three must outlive this object.
  KeyFixer(const YamlNode& map, Section section, const Findings& findings)
      : map_(map), section_(section), findings_(findings) {}

  std::vector<Edit> Rename(const YamlNode::Entry& entry, std::string_view ours);
  // The same where the other system means another thing by the value: minutes, for one.
  std::vector<Edit> Translate(const YamlNode::Entry& entry, const ForeignKey& foreign);

 private:
  bool IsRival(const YamlNode::Entry& entry, std::string_view ours) const;

  const YamlNode& map_;
  Section section_;
  const Findings& findings_;
  std::vector<std::string_view> given_;  // what keys of the map have become
};

}  // namespace pipeline
