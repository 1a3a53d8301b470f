// DiskWatch: looks every now and then at what a container has on the disk, where the file system
// holds no limit by itself. A thread of its own, once it has begun.
//
// It is cheap as long as little is written: ten times a second it asks the file system how much is
// free, and counts files only when as much is gone as could be over the limit. Most containers end
// before the first time: who waits for one begins it then.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::container {

class DiskWatch {
 public:
  // What is written from now on counts. `init`: PID 1 of the container. Throws Error.
  DiskWatch(std::vector<std::filesystem::path> directories, pid_t init, uint64_t bytes);
  DiskWatch(const DiskWatch&) = delete;
  DiskWatch& operator=(const DiskWatch&) = delete;
  ~DiskWatch();

  // When to begin, after the container has.
  static constexpr std::chrono::milliseconds kTick{100};
  void Begin();
  bool begun() const { return thread_.joinable(); }

  // Can be read once more than `bytes` are in use. The watch is over then.
  int exceeded_fd() const { return exceeded_.get(); }
  // What was found then, else 0. At least: the count stops there.
  uint64_t used() const { return used_; }

  // Ends the watch. True when nothing more fits now, though the limit wasn't exceeded.
  bool FinishFull();

 private:
  // At most so much was written since the last count, as the free space tells.
  class Growth {
   public:
    explicit Growth(const std::filesystem::path& directory);
    void Look();
    void Reset() { bytes_ = files_ = 0; }
    uint64_t bytes() const;

   private:
    struct Free {
      uint64_t bytes = 0;
      uint64_t files = 0;
    };
    static Free FreeOf(const std::filesystem::path& directory);

    std::filesystem::path directory_;
    Free last_;
    uint64_t bytes_ = 0;
    uint64_t files_ = 0;
  };

  void Run();
  void Stop();
  // Nothing when it changed too much meanwhile.
  std::optional<uint64_t> Count(uint64_t enough) const;

  std::vector<std::filesystem::path> directories_;
  pid_t init_;
  uint64_t bytes_;
  Growth growth_;
  base::UniqueFd exceeded_;  // eventfd(2)
  base::UniqueFd stop_;
  std::atomic<uint64_t> used_ = 0;
  uint64_t bound_ = 0;  // at most so much is in use, as far as the thread knew at its end
  std::thread thread_;
};

}  // namespace runtime::container
