// ManualInput: a value that who starts a run by hand may give, `on: {manual: {inputs: ...}}`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/trigger_event.h"

namespace pipeline {

struct ManualInput {
  enum class Type { kString, kNumber, kBoolean, kChoice };
  std::string name;
  Type type = Type::kString;
  std::string description;
  std::optional<std::string> fallback;
  bool required = false;
  std::vector<std::string> options;  // of a choice
};

// What is wrong with a value of it; empty when nothing is.
std::string WhatIsWrongWith(const ManualInput& input, const std::string& value);

using InputValues = std::map<std::string, std::string>;

// The values that the event gives and, for the others, the fallbacks. A finding for each value that
// is wrong, that no input has, or that a manual event must give and doesn't.
InputValues ResolveInputs(const std::vector<ManualInput>& inputs, const TriggerEvent& event,
                          std::vector<Diagnostic>& findings);

}  // namespace pipeline
