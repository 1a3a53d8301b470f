// What the tests of replays share: a repository, a run of it, and a state directory that knows
// nothing yet.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>

#include "tests/integration/container/run_fixture.h"

namespace tests {

class ReplayTest : public RunTest {
 protected:
  ReplayTest();

  // A file of the project's working tree.
  void Write(const std::string& file, const std::string& content) const;
  // git add --all, git commit.
  void Commit() const;
  // A shell script as the user who runs runner, to its end.
  static Output Sh(const std::string& script);

  // Runs the project's pipeline; the run's directory. Fails the test unless it ends with `code`.
  std::filesystem::path Exec(const Words& options = {}, int code = 0) const;
  // runner exec --run RUN OPTIONS, in the fresh state directory unless it says otherwise.
  Output Replay(const std::string& run, const Words& options = {}) const;
  Output ReplayIn(const std::filesystem::path& root, const std::string& run,
                  const Words& options = {}) const;

  static nlohmann::json Record(const std::filesystem::path& run);
  static nlohmann::json Step(const std::filesystem::path& run, const std::string& name);
  // The newest run of a state directory.
  static std::filesystem::path NewestRun(const std::filesystem::path& root);
  static std::string Log(const std::filesystem::path& run, const std::string& step);

  const std::filesystem::path& project() const { return project_; }
  const std::filesystem::path& fresh() const { return fresh_; }

 private:
  std::filesystem::path project_;
  std::filesystem::path fresh_;
};

}  // namespace tests
