#include "runner/kept_runs.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

#include "runner/kept_run.h"
#include "runner/run_id.h"
#include "runner/run_layers.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace base = runtime::base;
namespace fs = std::filesystem;
namespace {

// The newest first.
std::vector<std::string> KeptIds(const base::StateDir& state) {
  std::vector<std::string> ids;
  for (const fs::directory_entry& entry : fs::directory_iterator(state.runs())) {
    const std::string id = entry.path().filename();
    if (IsRunId(id) && IsKeptRun(state, id)) {
      ids.push_back(id);
    }
  }
  std::sort(ids.begin(), ids.end(), std::greater<>());
  return ids;
}

std::set<std::string> IdsThatStay(const base::StateDir& state,
                                  const std::vector<std::string>& newest_first) {
  std::set<std::string> stay;
  for (size_t i = 0; i < std::min(newest_first.size(), kKeptRuns); ++i) {
    for (std::string id = newest_first[i]; !id.empty() && stay.insert(id).second;) {
      const std::optional<KeptStart> start = ReadKeptStart(RunPaths(state.runs(), id));
      id = start ? start->stands_on : "";
    }
  }
  return stay;
}

}  // namespace

bool IsKeptRun(const base::StateDir& state, std::string_view run_id) {
  return fs::exists(RunPaths(state.runs(), run_id).kept_start());
}

base::UniqueFd HoldKeptRun(const base::StateDir& state, const std::string& run_id) {
  base::UniqueFd held =
      base::OpenLockedDirectory(RunPaths(state.runs(), run_id).kept(), LOCK_SH | LOCK_NB);
  if (!held || !IsKeptRun(state, run_id)) {
    throw base::Error(base::ErrorKind::kNotFound,
                      "run " + run_id + ": its steps' files aren't kept (any more); the last " +
                          std::to_string(kKeptRuns) +
                          " runs that didn't pass are, and those of runner exec --keep");
  }
  return held;
}

void PruneKeptRuns(const base::StateDir& state) noexcept {
  try {
    const std::vector<std::string> ids = KeptIds(state);
    if (ids.size() <= kKeptRuns) {
      return;
    }
    const std::set<std::string> stay = IdsThatStay(state, ids);
    for (const std::string& id : ids) {
      const RunPaths paths(state.runs(), id);
      if (stay.contains(id)) {
        continue;
      }
      if (const base::UniqueFd lock = base::OpenLockedDirectory(paths.kept(), LOCK_EX | LOCK_NB)) {
        // First what says that it is kept: a sweep does the rest if we die here.
        fs::remove(paths.kept_start());
        RemoveRunLayers(state, id);
        base::RemoveTree(paths.kept());
      }
    }
  } catch (const std::exception&) {
    // Later.
  }
}

}  // namespace runner
