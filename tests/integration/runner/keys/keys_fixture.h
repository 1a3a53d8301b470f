// What the tests of keys of the pipeline file share: `runner exec` on a repository, by root and by
// an ordinary user.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"
#include "tests/support/git_repository.h"

namespace runner {

class KeysTest : public tests::RunTest {
 protected:
  KeysTest() { std::filesystem::create_directories(base_); }

  static std::filesystem::path NewDirectory() {
    static int count = 0;
    return scratch() / ("keys-" + std::to_string(++count));
  }

  void Pipeline(const std::string& yaml) const { repository_.Write(".runner.yml", yaml); }

  // runner exec REPOSITORY ARGUMENTS...
  tests::Output Exec(const tests::Words& arguments = {}) const {
    tests::Words words = {"exec", repository_.path()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return tests::RunToEnd(Runner(words));
  }
  static std::string All(const tests::Output& output) { return output.text + output.errors; }
  // One that passes; the run's id.
  std::string Pass(const tests::Words& arguments = {}) const {
    const tests::Output output = Exec(arguments);
    EXPECT_EQ(output.code, 0) << All(output);
    return RunPath().filename();
  }

  static std::vector<std::string> Names(const std::string& directory) {
    std::vector<std::string> names;
    if (std::filesystem::exists(state() / directory)) {
      for (const auto& entry : std::filesystem::directory_iterator(state() / directory)) {
        names.push_back(entry.path().filename());
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  // The newest run: ids sort by time.
  static std::filesystem::path RunPath() { return state() / "runs" / Names("runs").back(); }
  static nlohmann::json Record() {
    return nlohmann::json::parse(runtime::base::ReadFile(RunPath() / "record.json"));
  }
  static nlohmann::json Step(const std::string& name) {
    const nlohmann::json record = Record();
    for (const nlohmann::json& step : record.at("steps")) {
      if (step.at("name") == name) {
        return step;
      }
    }
    throw std::runtime_error("the record has no step " + name);
  }
  // Whose result the step of the newest run has; empty: it was run.
  static std::string ReusedFrom(const std::string& step) {
    return Step(step).value("reused_from", "");
  }
  static std::string Log(const std::string& step) {
    return runtime::base::ReadFile(RunPath() / "logs" / (step + ".log"));
  }

 private:
  const std::filesystem::path base_ = NewDirectory();

 protected:
  tests::GitRepository repository_{base_ / "project"};
};

}  // namespace runner
