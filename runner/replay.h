// Replay: a run's record becomes a run once more: the same tree, images by digest, event and
// options; secrets and variables, whose values no record has, are given again.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "runner/local_run.h"
#include "runner/run_source.h"

namespace runner {

// What the caller says.
struct ReplayRequest {
  std::map<std::string, std::string> env;      // by name
  std::map<std::string, std::string> secrets;  // name to reference
  std::filesystem::path repository;            // that has the commit; empty: the record's own
};

// Everything that RunHere() needs beside the run's id, and the event. `source` outlives them. What
// the run pushed isn't pushed, and what other runs keep (caches, volumes) isn't seen. Throws Error
// (kUsage, kUnsupported) for a record that can't be replayed, or not with what is given.
struct ReplayPlan {
  pipeline::TriggerEvent event;
  LocalRunOptions options;
};
ReplayPlan PlanReplay(const RunSource& source, const ReplayRequest& request);

}  // namespace runner
