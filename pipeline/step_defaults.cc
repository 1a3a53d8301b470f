#include "pipeline/step_defaults.h"

#include <algorithm>
#include <memory>

#include "pipeline/action_parser.h"
#include "pipeline/key_table.h"
#include "pipeline/step_parser.h"

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;

// What makes a step this step.
bool IsOwn(std::string_view key) { return key == "name" || KindOfAction(key) != 0; }

const YamlNodePtr* FindValue(const YamlNode& map, std::string_view key) {
  for (const YamlNode::Entry& entry : map.entries) {
    if (entry.key == key) {
      return &entry.value;
    }
  }
  return nullptr;
}

// `own` and what of `more` it hasn't.
YamlNodePtr Together(const YamlNode& own, const YamlNode& more) {
  auto both = std::make_shared<YamlNode>(own);
  for (const YamlNode::Entry& entry : more.entries) {
    if (FindValue(own, entry.key) == nullptr) {
      both->entries.push_back(entry);
    }
  }
  return both;
}

}  // namespace

StepDefaults::StepDefaults(const YamlNode::Entry& entry, const NameScope& scope,
                           Findings& findings) {
  if (entry.value->kind != Kind::kMap) {
    return;
  }
  map_ = entry.value.get();
  for (const YamlNode::Entry& key : map_->entries) {
    if (IsOwn(key.key)) {
      findings.Add(key.at, "E106", "`" + key.key + "` can't be a default; write it in each step");
    }
  }
  CheckStepKeys(*map_, scope, findings);
}

YamlNodePtr StepDefaults::Complete(const YamlNodePtr& step) const {
  if (map_ == nullptr || step->kind != Kind::kMap) {
    return step;
  }
  unsigned kinds = 0;
  for (const YamlNode::Entry& entry : step->entries) {
    kinds |= KindOfAction(entry.key);
  }
  auto complete = std::make_shared<YamlNode>(*step);
  for (const YamlNode::Entry& entry : map_->entries) {
    const Key* key = FindKey(Section::kStep, entry.key);
    if (key == nullptr || IsOwn(entry.key) || (key->kinds & kinds) == 0) {
      continue;
    }
    const auto own = std::find_if(complete->entries.begin(), complete->entries.end(),
                                  [&](const auto& has) { return has.key == entry.key; });
    if (own == complete->entries.end()) {
      complete->entries.push_back(entry);
    } else if (own->value->kind == Kind::kMap && entry.value->kind == Kind::kMap) {
      own->value = Together(*own->value, *entry.value);
    }
  }
  return complete;
}

}  // namespace pipeline
