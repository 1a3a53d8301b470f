// Concurrency: which runs keep each other from running at the same time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/expression.h"

namespace pipeline {

struct RunFacts;

// `concurrency`, as the file has it.
struct ConcurrencySpec {
  Template group;
  bool cancel_superseded = false;
  uint32_t limit = 1;
};

// The same for one run.
struct ConcurrencyRule {
  std::string group;  // with the repository in front; empty: the run goes with all others
  bool cancel_superseded = false;
  uint32_t limit = 1;
};

ConcurrencyRule RuleOf(const ConcurrencySpec& spec, const RunFacts& facts);

// Of a file that doesn't say: the newest push of a branch, and of a pull request, ends the older
// runs of it. Tags and what people start by hand go with all others.
ConcurrencyRule UsualRule(const RunFacts& facts);

// A run that hasn't ended.
struct ActiveRun {
  std::string id;
  std::string group;
  bool running = false;  // else it waits
};

struct Admission {
  bool start = false;               // else it waits; ask again when a run of the group has ended
  std::vector<std::string> cancel;  // older runs that it takes the place of
};

// May run `id` start? `active` are all runs, itself among them, oldest first. A run waits while as
// many older ones of its group run as its limit says, and those that wait start in their order.
Admission Admit(const ConcurrencyRule& rule, const std::string& id,
                const std::vector<ActiveRun>& active);

}  // namespace pipeline
