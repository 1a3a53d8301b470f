#include "pipeline/longest_chains.h"

#include <algorithm>

namespace pipeline {
namespace {

// Those of `finally` wait for all others anyway.
bool Counts(const std::vector<StepPlan>& steps, size_t i, size_t need) {
  return steps[i].in_finally == steps[need].in_finally;
}

}  // namespace

std::vector<size_t> LongestChains(const std::vector<StepPlan>& steps) {
  std::vector<size_t> dependents(steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    for (const size_t need : steps[i].needs) {
      dependents[need] += Counts(steps, i, need) ? 1 : 0;
    }
  }
  std::vector<size_t> done;  // all that waits for them is before them
  done.reserve(steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    if (dependents[i] == 0) {
      done.push_back(i);
    }
  }
  std::vector<size_t> chains(steps.size());
  for (size_t at = 0; at < done.size(); ++at) {
    const size_t i = done[at];
    chains[i] += steps[i].skipped ? 0 : 1;
    for (const size_t need : steps[i].needs) {
      if (!Counts(steps, i, need)) {
        continue;
      }
      chains[need] = std::max(chains[need], chains[i]);
      if (--dependents[need] == 0) {
        done.push_back(need);
      }
    }
  }
  return chains;
}

}  // namespace pipeline
