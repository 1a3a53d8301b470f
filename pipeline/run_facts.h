// RunFacts: what is known of a run once its commit is checked out, and the names that expressions
// know it by.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/manual_input.h"
#include "pipeline/step_backend.h"
#include "pipeline/trigger_event.h"

namespace pipeline {

struct RunFacts {
  std::string run_id;
  unsigned cpus = 0;     // that steps may count on; 0: those that this process may use
  std::string pipeline;  // its name
  TriggerEvent event;
  Checkout checkout;
  InputValues inputs;  // of the file, with their values
  // Names of the table below whose value only a run knows: what `runner plan` can't see.
  std::vector<std::string> unknown = {};
};

// A name that expressions may mention, beside env.NAME, inputs.NAME, matrix.AXIS and steps.NAME.*.
struct FactName {
  std::string_view name;
  bool by_strangers;  // anybody who may push a branch or open a pull request chose its text
};
std::span<const FactName> FactNames();
const FactName* FindFactName(std::string_view name);

// Its value or that of inputs.NAME, empty where there is none; nothing for other names and what
// isn't known yet.
std::optional<std::string> FactValue(const RunFacts& facts, std::string_view name);

// What the event or, for a working tree, the checkout says.
std::string CommitOf(const RunFacts& facts);
std::string BranchOf(const RunFacts& facts);

// "steps.test.outputs.version" taken apart.
struct StepReference {
  std::string_view step;
  std::string_view field;  // "image", "outcome", "outputs"
  std::string_view key;    // of outputs
};
// Nothing when the name doesn't begin with "steps." or has no such form.
std::optional<StepReference> ParseStepReference(std::string_view name);

}  // namespace pipeline
