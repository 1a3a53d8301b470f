// The options of `runner run`, named and read as docker's.
#pragma once

#include <CLI/CLI.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "runner/image_container.h"
#include "runner/mount_options.h"
#include "runner/verbs/image_to_run.h"
#include "runner/verbs/network_options.h"
#include "runner/verbs/refused_options.h"
#include "runner/verbs/resource_options.h"
#include "runtime/container/container_spec.h"

namespace runner {

struct RunOptions {
  std::string image;
  ProgramChoice program;
  bool interactive = false;
  bool terminal = false;
  bool read_only = false;
  NetworkOptions network;
  std::vector<std::string> security;      // for ApplySecurityOptions()
  std::vector<std::string> volumes_from;  // for AddVolumesFrom()

  // Adds them to the verb's parser. `this` must outlive it.
  void Declare(CLI::App& app);
  // After parsing: takes IMAGE and COMMAND from what is left. Throws Error (kUsage).
  void Finish();

  // Each throws Error (kUsage) that names the option, the value and what was expected.
  std::vector<std::string> Capabilities() const;
  // `disk`: where the container's files are.
  runtime::container::Limits Limits(const std::filesystem::path& disk) const {
    return resources_.Limits(disk);
  }
  std::vector<MountRequest> Mounts() const;
  std::chrono::milliseconds Timeout() const;
  std::chrono::seconds Grace() const;
  Pull ImagePull() const;
  // Groups, stop signal and kernel parameters. The spec's user, root file system and network must
  // be set.
  void ApplyTo(runtime::container::ContainerSpec& spec) const;

 private:
  void TakeEnvironment();

  CLI::App* app_ = nullptr;
  bool always_ = true;  // what docker has to be asked for
  std::string entrypoint_;
  std::string user_;
  std::string workdir_;
  std::string timeout_;
  std::vector<std::string> volumes_;
  std::vector<std::string> mounts_;
  std::vector<std::string> tmpfs_;
  std::vector<std::string> cap_add_;
  std::vector<std::string> cap_drop_;
  std::vector<std::string> env_files_;
  std::vector<std::string> groups_;
  std::vector<std::string> sysctls_;
  std::string stop_signal_;
  int stop_timeout_ = 10;
  std::string pull_ = "missing";
  std::string platform_;
  ResourceOptions resources_;
  RefusedOptions refused_;
};

// Sets in the spec of an image's program (SpecForProgram) what the options say of the rest, but for
// the mounts. `disk` as RunOptions::Limits has it.
void Complete(const RunOptions& options, const std::filesystem::path& disk,
              runtime::container::ContainerSpec& spec);

}  // namespace runner
