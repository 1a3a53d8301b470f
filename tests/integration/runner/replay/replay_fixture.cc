#include "tests/integration/runner/replay/replay_fixture.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <vector>

namespace tests {

namespace fs = std::filesystem;
using nlohmann::json;

ReplayTest::ReplayTest() {
  static int number = 0;
  const std::string suffix = std::to_string(++number);
  project_ = MakeDirectory("project-" + suffix);
  fresh_ = MakeDirectory("fresh-" + suffix);
  Sh("git -c init.defaultBranch=main init -q " + project_.string());
}

Output ReplayTest::Sh(const std::string& script) {
  Output output = RunToEnd(
      AsUser({"env", "HOME=" + scratch().string(), "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a",
              "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a",
              "GIT_COMMITTER_EMAIL=a@example.org", "sh", "-ec", script}));
  EXPECT_EQ(output.code, 0) << script << "\n" << output.text << output.errors;
  return output;
}

void ReplayTest::Write(const std::string& file, const std::string& content) const {
  const fs::path draft = MakeDirectory("draft") / "file";
  std::ofstream(draft) << content;
  Sh("mkdir -p $(dirname " + (project_ / file).string() + "); cat " + draft.string() + " >" +
     (project_ / file).string());
}

void ReplayTest::Commit() const {
  Sh("git -C " + project_.string() + " add --all; git -C " + project_.string() + " commit -qm m");
}

fs::path ReplayTest::NewestRun(const fs::path& root) {
  std::vector<fs::path> runs;
  for (const fs::directory_entry& entry : fs::directory_iterator(root / "runs")) {
    runs.push_back(entry.path());
  }
  return *std::max_element(runs.begin(), runs.end());
}

fs::path ReplayTest::Exec(const Words& options, int code) const {
  Words words = {"exec", project_};
  words.insert(words.end(), options.begin(), options.end());
  const Output output = RunToEnd(Runner(words));
  EXPECT_EQ(output.code, code) << output.text << output.errors;
  return NewestRun(state());
}

Output ReplayTest::ReplayIn(const fs::path& root, const std::string& run,
                            const Words& options) const {
  Words words = {"exec", "--root", root, "--run", run};
  words.insert(words.end(), options.begin(), options.end());
  return RunToEnd(Runner(words));
}

Output ReplayTest::Replay(const std::string& run, const Words& options) const {
  return ReplayIn(fresh_, run, options);
}

json ReplayTest::Record(const fs::path& run) {
  return json::parse(runtime::base::ReadFile(run / "record.json"));
}

json ReplayTest::Step(const fs::path& run, const std::string& name) {
  const json record = Record(run);
  for (const json& step : record.at("steps")) {
    if (step.at("name") == name) {
      return step;
    }
  }
  ADD_FAILURE() << "no step " << name;
  return {};
}

std::string ReplayTest::Log(const fs::path& run, const std::string& step) {
  return runtime::base::ReadFile(run / "logs" / (step + ".log"));
}

}  // namespace tests
