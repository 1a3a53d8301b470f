// What the tests of the verbs around the pipeline file share: a repository, and the program.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/files.h"
#include "tests/support/child_program.h"
#include "tests/support/git_repository.h"

namespace runner {

inline constexpr char kGoodPipeline[] = "steps:\n  build: {image: \"debian:12\", run: make}\n";
inline constexpr char kBadPipeline[] =
    "steps:\n  build: {imgae: \"debian:12\", run: make, needs: nobody}\n";

struct Ended {
  int status = -1;
  std::string out;
  std::string err;
};

class PipelineVerbs : public testing::Test {
 protected:
  Ended Runner(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), std::string(std::getenv("RUNNER_BUILD")) + "/bin/runner");
    tests::ChildProgram program(arguments,
                                {{"RUNNER_ROOT", (directory_.path() / "state").string()}});
    const int status = program.Wait();
    return {status, program.out(), program.err()};
  }

  void Pipeline(const std::string& text) const { repository_.Write(".runner.yml", text); }
  std::string PipelineNow() const { return runtime::base::ReadFile(Path(".runner.yml")); }
  std::string Path(const std::string& name = "") const {
    return (repository_.path() / name).string();
  }

  runtime::base::TemporaryDirectory directory_{testing::TempDir(), "verbs"};
  tests::GitRepository repository_{directory_.path() / "project"};
};

}  // namespace runner
