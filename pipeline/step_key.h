// StepKey: all that the result of a step follows from. Two with the same key would do the same
// again: `skip-unchanged` takes the earlier result.
#pragma once

#include <map>
#include <string>

#include "pipeline/run_facts.h"
#include "pipeline/step_backend.h"

namespace pipeline {

// By name, for people to read: "command", "workspace", "env CFLAGS", "limit memory", ...
using StepKeyParts = std::map<std::string, std::string>;

// All but the image, which the backend adds by its digest. Of the variables only RUNNER_RUN_ID is
// left out, which no two runs have in common.
StepKeyParts KeyPartsOf(const CommandRequest& request);

// What of them is known before the run: all but the workspace, services, and texts that mention
// what only the run knows.
StepKeyParts KnownKeyParts(const StepPlan& step, const RunFacts& facts, const NameLookup& lookup);

// One text for a key, as a name in a store: 64 hex digits.
std::string KeyOf(const StepKeyParts& parts);

// Names of the parts that aren't the same: "env CFLAGS, workspace"; empty when all are.
std::string WhatChanged(const StepKeyParts& before, const StepKeyParts& now);

}  // namespace pipeline
