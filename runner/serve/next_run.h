// NextRun: which of the queued runs starts when there is room for one more.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/concurrency.h"

namespace runner::serve {

// A run that hasn't ended, as far as the choice goes.
struct Contender {
  std::string id;
  std::string repository;
  bool running = false;            // it has one of the places that there are for runs
  bool admitted = false;           // its steps have begun
  pipeline::ConcurrencyRule rule;  // no group: none, or it isn't known yet
  bool planned = false;            // it is known
  std::string subject = {};        // the branch or pull request that it is of; empty: neither
};

// `contenders` are all runs, the oldest first. Fair between repositories: the one with the fewest
// running runs is next; of several, the one that began a run the longest ago (`served`: the number
// of its last turn; none: never). Of one repository the oldest run that its group lets start.
std::optional<size_t> NextRun(const std::vector<Contender>& contenders,
                              const std::map<std::string, uint64_t>& served);

// The newest queued run that isn't planned and is of the same branch or pull request as one that
// runs: it may be there to end that one, and must be looked at although all places are taken.
std::optional<size_t> SupersedingRun(const std::vector<Contender>& contenders);

}  // namespace runner::serve
