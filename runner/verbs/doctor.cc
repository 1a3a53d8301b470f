// runner doctor: what works on this host, and what to do about the rest.
#include <cstdio>

#include "runner/cli.h"
#include "runner/program_files.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/state_dir.h"
#include "runtime/container/host_check.h"
#include "runtime/network/network_check.h"

namespace runner {
namespace {

runtime::container::HostCheck CheckPrograms() {
  runtime::container::HostCheck check = {.name = "programs"};
  check.good = true;
  for (const char* name : {"runner-git", "runner-network"}) {
    const std::filesystem::path program = HelperProgram(name);
    if (!std::filesystem::exists(program)) {
      check.good = false;
      check.found = program.string() + " is missing";
    }
  }
  if (check.good) {
    check.found = HelperProgram("runner-git").parent_path().string();
  }
  check.advice = "install again: make install";
  return check;
}

int Doctor(const Globals& globals) {
  std::vector<runtime::container::HostCheck> checks =
      runtime::container::CheckHost(runtime::base::StateDir(globals.root));
  for (runtime::container::HostCheck& check : runtime::network::CheckNetworks()) {
    checks.push_back(std::move(check));
  }
  checks.push_back(CheckPrograms());
  int code = kExitPassed;
  for (const runtime::container::HostCheck& check : checks) {
    const char* word = check.good ? "good" : check.required ? "MISSING" : "limited";
    std::printf("%-8s %-16s %s\n", word, check.name.c_str(), check.found.c_str());
    if (!check.good) {
      std::printf("         %-16s -> %s\n", "", check.advice.c_str());
      code = check.required ? kExitFailed : code;
    }
  }
  return code;
}

}  // namespace

int DoctorMain(std::vector<std::string> args) {
  return RunVerb(
      "doctor", "Try what containers need of this host (exit code 1: something is missing).",
      std::move(args), [](CLI::App&) {}, Doctor);
}

}  // namespace runner
