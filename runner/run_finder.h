// From what a user calls a run to its id.
#pragma once

#include <filesystem>
#include <string>

namespace runner {

// `text`: an id, enough of its beginning or of its end to be the only one, or "last" for the newest
// run. `runs` is StateDir::runs(). Throws Error (kNotFound, kUsage) that says what there is.
std::string FindRun(const std::filesystem::path& runs, const std::string& text);

// "RUN/STEP". Throws Error, also (kUsage) when it has no slash.
struct RunStep {
  std::string run;  // its whole id
  std::string step;
};
RunStep FindRunStep(const std::filesystem::path& runs, const std::string& text);

}  // namespace runner
