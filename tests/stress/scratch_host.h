// ScratchHost: a state directory with a busybox image, gone with the object.
#pragma once

#include <memory>
#include <string>

#include "runtime/base/files.h"
#include "runtime/base/state_dir.h"
#include "runtime/container/container.h"
#include "runtime/container/container_directory.h"
#include "runtime/image/image_store.h"

namespace tests {

class ScratchHost {
 public:
  // The build tree is that of RUNNER_BUILD, the image that of build/samples in RUNNER_SOURCE.
  ScratchHost();

  const runtime::base::StateDir& state() const { return state_; }
  std::string program() const;  // bin/runner

  // Containers that this process itself starts; from then on its mount namespace is its own.
  runtime::container::Host& host();
  // Starts one that runs this command, without input or output.
  runtime::container::Container Start(const runtime::container::ContainerDirectory& directory,
                                      const std::vector<std::string>& command);

 private:
  runtime::base::TemporaryDirectory directory_;
  runtime::base::StateDir state_;
  std::unique_ptr<runtime::container::Host> host_;
  runtime::base::UniqueFd nothing_;
};

// Runs a program to its end, without output; its exit code or 128 + signal.
int RunQuietly(const std::vector<std::string>& command);

}  // namespace tests
