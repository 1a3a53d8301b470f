// What the tests of `runner exec` share: a state directory with the image busybox, and a
// repository.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/files.h"
#include "tests/support/child_program.h"
#include "tests/support/git_repository.h"

namespace runner {

struct ExecResult {
  int status = -1;
  std::string out;
  std::string err;
  std::string all() const { return out + err; }
};

class ExecTest : public testing::Test {
 protected:
  // The command line of `runner ARGUMENTS`.
  static std::vector<std::string> Command(const std::vector<std::string>& arguments);
  // What it needs in its environment: RUNNER_ROOT, and a home without any configuration.
  std::map<std::string, std::string> Environment() const;

  // runner exec REPOSITORY ARGUMENTS..., to its end.
  ExecResult Exec(const std::vector<std::string>& arguments = {},
                  const std::map<std::string, std::string>& environment = {}) const;
  // The same, under way.
  std::unique_ptr<tests::ChildProgram> StartExec(
      const std::vector<std::string>& arguments = {}) const;
  // Any command with that environment, to its end.
  ExecResult Run(const std::vector<std::string>& command,
                 const std::map<std::string, std::string>& environment = {}) const;

  // Writes the pipeline file.
  void Pipeline(const std::string& yaml) const { repository_.Write(".runner.yml", yaml); }

  // The newest run: its directory, its record, one step of the record, one step's log.
  std::filesystem::path RunPath() const;
  nlohmann::json Record() const;
  nlohmann::json Step(const std::string& name) const;
  std::string Log(const std::string& step) const;

  std::vector<std::string> Layers() const { return Names("layers"); }
  // What no run may leave: containers, half-made files, step layers, locks of runs.
  std::vector<std::string> Leftovers() const;
  std::vector<std::string> Names(const std::string& directory) const;

  const std::filesystem::path& root() const { return state_.path(); }
  std::filesystem::path Scratch(const std::string& name) const { return scratch_.path() / name; }

  ExecTest();

 private:
  runtime::base::TemporaryDirectory state_;
  runtime::base::TemporaryDirectory scratch_;

 protected:
  tests::GitRepository repository_;
};

// The archive of the image busybox, made when it is missing.
std::filesystem::path BusyboxArchive();

// The four steps of the product's purpose: build, package, test inside the image, push there. The
// files beside it: `suite.sh` writes the JUnit file, `message` is what gets built.
std::string FourSteps(const std::string& registry);
// A test script that writes this JUnit file.
std::string SuiteScript(const std::string& junit);
inline constexpr char kPassingJunit[] =
    R"(<testsuite name="suite"><testcase classname="suite" name="adds"/></testsuite>)";
inline constexpr char kFailingJunit[] =
    R"(<testsuite name="suite"><testcase classname="suite" name="adds"/>)"
    R"(<testcase classname="suite" name="divides" file="src/divide.c" line="42">)"
    R"(<failure message="expected 2, got 3">divide.c:42: expected 2, got 3</failure></testcase>)"
    R"(</testsuite>)";

}  // namespace runner
