// A run that goes on from another: what it takes over.
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace runner {

struct Resume {
  std::string run;                   // that it stands on; empty: a run of its own
  std::string from;                  // the first step that is run again
  std::set<std::string> taken_over;  // steps whose results are those of `run`
  std::filesystem::path patch;       // applied to the workspace that `from` begins with; or empty
};

}  // namespace runner
