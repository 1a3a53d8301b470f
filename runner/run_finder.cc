#include "runner/run_finder.h"

#include <algorithm>
#include <vector>

#include "runner/run_id.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::base::ForMessage;

std::vector<std::string> Ids(const std::filesystem::path& runs) {
  std::vector<std::string> ids;
  for (const auto& entry : std::filesystem::directory_iterator(runs)) {
    if (std::string id = entry.path().filename(); IsRunId(id)) {
      ids.push_back(std::move(id));
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

std::string FindRun(const std::filesystem::path& runs, const std::string& text) {
  std::vector<std::string> ids = Ids(runs);
  if (text == "last" && !ids.empty()) {
    return ids.back();
  }
  std::erase_if(ids, [&](const std::string& id) {
    return text.empty() || (!id.starts_with(text) && !id.ends_with(text));
  });
  if (ids.empty()) {
    throw Error(ErrorKind::kNotFound,
                "run " + ForMessage(text) + ": there is none; see: runner runs");
  }
  if (ids.size() > 1) {
    throw Error(ErrorKind::kUsage, "run " + ForMessage(text) + ": " + std::to_string(ids.size()) +
                                       " have such an id, " + ids.front() + " and " + ids.back() +
                                       " among them; write more of it, or its last characters");
  }
  return ids.front();
}

RunStep FindRunStep(const std::filesystem::path& runs, const std::string& text) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos || slash + 1 == text.size()) {
    throw Error(ErrorKind::kUsage, ForMessage(text) + ": expected RUN/STEP, such as last/build");
  }
  return {FindRun(runs, text.substr(0, slash)), text.substr(slash + 1)};
}

}  // namespace runner
