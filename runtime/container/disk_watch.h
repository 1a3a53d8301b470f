// DiskWatch: looks every now and then at what a container has on the disk, where the file system
// holds no limit by itself. A thread of its own.
//
// It is cheap as long as little is written: ten times a second it asks the file system how much is
// free, and counts files only when as much is gone as could be over the limit.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::container {

class DiskWatch {
 public:
  // `init`: PID 1 of the container. Throws Error.
  DiskWatch(std::vector<std::filesystem::path> directories, pid_t init, uint64_t bytes);
  DiskWatch(const DiskWatch&) = delete;
  DiskWatch& operator=(const DiskWatch&) = delete;
  ~DiskWatch();

  // Can be read once more than `bytes` are in use. The watch is over then.
  int exceeded_fd() const { return exceeded_.get(); }
  // What was found then, else 0. At least: the count stops there.
  uint64_t used() const { return used_; }

  // Ends the watch. True when nothing more fits now, though the limit wasn't exceeded.
  bool FinishFull();

 private:
  void Run();
  void Stop();
  // Nothing when it changed too much meanwhile.
  std::optional<uint64_t> Count(uint64_t enough) const;

  std::vector<std::filesystem::path> directories_;
  pid_t init_;
  uint64_t bytes_;
  base::UniqueFd exceeded_;  // eventfd(2)
  base::UniqueFd stop_;
  std::atomic<uint64_t> used_ = 0;
  uint64_t bound_ = 0;  // at most so much is in use, as far as the thread knew at its end
  std::thread thread_;
};

}  // namespace runtime::container
