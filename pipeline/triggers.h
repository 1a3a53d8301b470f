// Triggers: what `on` of a pipeline file says. A run that the server started asks it whether it is
// to go on (RunOptions::only_if_triggered); `runner exec` doesn't ask.
#pragma once

#include <optional>
#include <string>
#include <vector>

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
};

struct Triggers {
  std::optional<EventFilter> push = EventFilter();
  std::optional<EventFilter> pull_request = EventFilter();
  bool manual = true;
};

// Does the event start a run? When not, `reason` says why in one line. A push filter that speaks of
// branches only leaves tags out, and the other way round. A manual event always matches when
// `manual` is set.
bool Matches(const Triggers& triggers, const TriggerEvent& event, std::string& reason);

}  // namespace pipeline
