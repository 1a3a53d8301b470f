// Transfers: blobs on their way, several at once, and what is told of them meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "runtime/image/image.h"

namespace runtime::registry {

struct Progress {
  enum class Event {
    kBegin,    // a transfer begins
    kBytes,    // `done` of `blob.size` bytes are across
    kDone,     // it is across, verified
    kPresent,  // nothing to do: the other side has it
  };
  Event event;
  image::Descriptor blob;
  uint64_t done = 0;
};
// Calls don't overlap, but come from several threads.
using ProgressSink = std::function<void(const Progress&)>;

class Transfers {
 public:
  explicit Transfers(ProgressSink sink) : sink_(std::move(sink)) {}

  // Calls `transfer` for each blob (equal ones once) on up to `threads` threads. After the first
  // error nothing new begins, those under way end at their next Tell, and the error is thrown.
  void ForEach(const std::vector<image::Descriptor>& blobs, int threads,
               const std::function<void(const image::Descriptor&)>& transfer);

  // Tells the sink. Throws Error when another transfer has failed.
  void Tell(Progress::Event event, const image::Descriptor& blob, uint64_t done = 0);

 private:
  ProgressSink sink_;
  std::mutex mutex_;
  std::atomic<bool> failed_{false};
};

}  // namespace runtime::registry
