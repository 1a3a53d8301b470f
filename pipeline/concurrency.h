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
  // With the repository in front, and with the pull request where it comes from a fork: a
  // stranger's file meets no run but its own. Empty: the run goes with all others.
  std::string group;
  bool cancel_superseded = false;
  uint32_t limit = 1;
  std::string name = {};  // of the group, as the file calls it: for people
};

// Of the name of a group.
constexpr size_t kMaxGroupBytes = 4096;

ConcurrencyRule RuleOf(const ConcurrencySpec& spec, const RunFacts& facts);

// Of a file that doesn't say: the newest push of a branch, and of a pull request, ends the older
// runs of it. Tags and what people start by hand go with all others.
ConcurrencyRule UsualRule(const RunFacts& facts);

// A run that hasn't ended, and whose group is known.
struct ActiveRun {
  std::string id;
  std::string group;
  bool running = false;  // else it waits
};

struct Admission {
  bool start = false;               // else it waits; ask again when a run of the group has ended
  std::vector<std::string> cancel;  // older runs that it takes the place of
  std::string superseded_by = {};   // the newer run that has taken its own place
};

// May run `id` start? `active` are all runs, itself among them, oldest first. A run waits while as
// many others of its group run as its limit says, and those that wait start in their order. A newer
// one may be there already: its group was known before.
Admission Admit(const ConcurrencyRule& rule, const std::string& id,
                const std::vector<ActiveRun>& active);

}  // namespace pipeline
