// LifeLock: the right to start, settle or remove a kept container. A monitor has it as long as it
// lives, so that "does the container live" is a question to the kernel.
//
// An open file description lock (fcntl(2), F_OFD_SETLK) on kept/ID/lock: it passes to a process
// that inherits the descriptor, goes with the last copy of it, and can be asked for without being
// taken.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "runtime/base/fd.h"

namespace runtime::lifecycle {

class LifeLock {
 public:
  // Makes the file in a directory that is about to be published, and takes the lock. Throws Error.
  static LifeLock Make(const std::filesystem::path& directory);
  // Nothing when somebody has it or the container is gone. Throws Error.
  static std::optional<LifeLock> Try(const std::filesystem::path& directory);
  // Whether somebody has it. Takes nothing; never throws.
  static bool IsHeld(const std::filesystem::path& directory);

  // Takes over a descriptor that was inherited.
  explicit LifeLock(base::UniqueFd fd) : fd_(std::move(fd)) {}

  int fd() const { return fd_.get(); }

 private:
  base::UniqueFd fd_;
};

}  // namespace runtime::lifecycle
