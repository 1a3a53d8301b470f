// Triggers: what `on` of a pipeline file says. A run that the server started asks it whether it is
// to go on (RunOptions::only_if_triggered); `runner exec` doesn't ask.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/cron.h"
#include "pipeline/manual_input.h"
#include "pipeline/trigger_event.h"

namespace pipeline {

// Globs (glob.h). A name passes when one of `only` matches (or there is none) and none of `ignore`.
struct NameFilter {
  std::vector<std::string> only;
  std::vector<std::string> ignore;
  bool empty() const { return only.empty() && ignore.empty(); }
};

struct EventFilter {
  NameFilter branches;  // of a pull request: the branch that TriggerEvent::branch names
  NameFilter tags;
  NameFilter paths;                // passes when one changed file does
  std::vector<std::string> types;  // of a pull request; empty: opened, synchronize, reopened
};

// Paths in the repository; nothing: not known, as for the first push of a branch.
using ChangedPaths = std::optional<std::vector<std::string>>;

struct Triggers {
  std::optional<EventFilter> push = EventFilter();
  std::optional<EventFilter> pull_request = EventFilter();
  bool manual = true;
  std::vector<ManualInput> inputs;  // of manual
  std::vector<Cron> schedule;
};

// Does a filter ask which files changed?
bool AsksForPaths(const Triggers& triggers, const TriggerEvent& event);

// Does the event start a run? When not, `reason` says why in one line. A push filter that speaks of
// branches only leaves tags out, and the other way round; one that speaks of paths doesn't look at
// tags, and lets pass what isn't known. A manual event always matches when `manual` is set, one of
// the schedule when that is still there.
bool Matches(const Triggers& triggers, const TriggerEvent& event, const ChangedPaths& changed,
             std::string& reason);

}  // namespace pipeline
