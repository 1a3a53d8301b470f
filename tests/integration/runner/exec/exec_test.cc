#include "tests/integration/runner/exec/exec_test.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace runner {
namespace fs = std::filesystem;

namespace {

fs::path FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    throw std::runtime_error(std::string(name) + " isn't set");
  }
  return value;
}

}  // namespace

fs::path BusyboxArchive() {
  const fs::path source = FromEnvironment("RUNNER_SOURCE");
  fs::path archive = source / "build/samples/images/busybox.tar";
  if (!fs::exists(archive)) {
    tests::RunProgram({source / "samples/images/make", "busybox"});
  }
  return archive;
}

ExecTest::ExecTest()
    : state_(fs::temp_directory_path(), "exec-state"),
      scratch_(fs::temp_directory_path(), "exec-scratch"),
      repository_(scratch_.path() / "project") {
  const ExecResult imported = Run(Command({"image", "import", BusyboxArchive(), "busybox"}));
  if (imported.status != 0) {
    throw std::runtime_error("import busybox: " + imported.all());
  }
}

std::vector<std::string> ExecTest::Command(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {FromEnvironment("RUNNER_BUILD") / "bin/runner"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

std::map<std::string, std::string> ExecTest::Environment() const {
  return {{"RUNNER_ROOT", root()}, {"HOME", scratch_.path()}, {"DOCKER_CONFIG", scratch_.path()}};
}

ExecResult ExecTest::Run(const std::vector<std::string>& command,
                         const std::map<std::string, std::string>& environment) const {
  std::map<std::string, std::string> variables = Environment();
  for (const auto& [name, value] : environment) {
    variables[name] = value;
  }
  tests::ChildProgram program(command, variables);
  const int status = program.Wait();
  return {status, program.out(), program.err()};
}

ExecResult ExecTest::Exec(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment) const {
  std::vector<std::string> words = {"exec", repository_.path()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return Run(Command(words), environment);
}

std::unique_ptr<tests::ChildProgram> ExecTest::StartExec(
    const std::vector<std::string>& arguments) const {
  std::vector<std::string> words = {"exec", repository_.path()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return std::make_unique<tests::ChildProgram>(Command(words), Environment());
}

std::vector<std::string> ExecTest::Names(const std::string& directory) const {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(root() / directory)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path ExecTest::RunPath() const {
  // Ids sort by time.
  const std::vector<std::string> runs = Names("runs");
  if (runs.empty()) {
    throw std::runtime_error("no run was kept");
  }
  return root() / "runs" / runs.back();
}

nlohmann::json ExecTest::Record() const {
  return nlohmann::json::parse(runtime::base::ReadFile(RunPath() / "record.json"));
}

nlohmann::json ExecTest::Step(const std::string& name) const {
  const nlohmann::json record = Record();
  for (const nlohmann::json& step : record.at("steps")) {
    if (step.at("name") == name) {
      return step;
    }
  }
  throw std::runtime_error("the record has no step " + name);
}

std::string ExecTest::Log(const std::string& step) const {
  return runtime::base::ReadFile(RunPath() / "logs" / (step + ".log"));
}

std::vector<std::string> ExecTest::Leftovers() const {
  std::vector<std::string> left;
  for (const char* directory : {"containers", "tmp", "trash", "mounts"}) {
    for (const std::string& name : Names(directory)) {
      left.push_back(std::string(directory) + "/" + name);
    }
  }
  for (const std::string& layer : Layers()) {
    // Of a run that is kept they are meant to stay.
    if (layer.starts_with("step-") &&
        !fs::exists(root() / "runs" / layer.substr(5, 16) / "kept" / "start.json")) {
      left.push_back("layers/" + layer);
    }
  }
  for (const std::string& lock : Names("locks")) {
    if (lock.starts_with("run-")) {
      left.push_back("locks/" + lock);
    }
  }
  return left;
}

std::string FourSteps(const std::string& registry) {
  return R"(name: four
steps:
  build:
    image: busybox
    run: |
      mkdir -p out/usr/share
      cp message out/usr/share/message
    network: none
  package:
    image-build:
      from: busybox
      copy: {out/: /}
      labels: {org.opencontainers.image.title: four}
  test:
    image: ${{ steps.package.image }}
    argv: [sh, suite.sh]
    tests: {junit: "reports/*.xml"}
    network: none
  push:
    push:
      image: ${{ steps.package.image }}
      to: )" +
         registry + R"(/four
      tags: [latest, "${{ commit.short }}"]
)";
}

std::string SuiteScript(const std::string& junit) {
  return "set -e\ntest -s /usr/share/message\nmkdir -p reports\ncat > reports/suite.xml <<'END'\n" +
         junit + "\nEND\n";
}

}  // namespace runner
