#include "runtime/registry/transfers.h"

#include <algorithm>
#include <exception>
#include <thread>

#include "runtime/base/error.h"

namespace runtime::registry {

void Transfers::ForEach(const std::vector<image::Descriptor>& blobs, int threads,
                        const std::function<void(const image::Descriptor&)>& transfer) {
  std::vector<image::Descriptor> todo;
  for (const image::Descriptor& blob : blobs) {
    if (std::none_of(todo.begin(), todo.end(), [&](const auto& other) {
          return other.digest == blob.digest && other.size == blob.size;
        })) {
      todo.push_back(blob);
    }
  }
  std::atomic<size_t> next{0};
  std::exception_ptr first;
  const auto work = [&] {
    for (size_t i = next++; i < todo.size() && !failed_; i = next++) {
      try {
        transfer(todo[i]);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failed_.exchange(true)) {
          first = std::current_exception();
        }
      }
    }
  };
  std::vector<std::jthread> workers;
  const size_t count = std::min(todo.size(), static_cast<size_t>(std::max(threads, 1)));
  for (size_t i = 1; i < count; ++i) {
    workers.emplace_back(work);
  }
  work();
  workers.clear();  // joins
  if (first) {
    std::rethrow_exception(first);
  }
}

void Transfers::Tell(Progress::Event event, const image::Descriptor& blob, uint64_t done) {
  if (failed_) {
    throw base::Error(base::ErrorKind::kInternal, "stopped, as another transfer has failed");
  }
  if (sink_) {
    const std::lock_guard lock(mutex_);
    sink_({event, blob, done});
  }
}

}  // namespace runtime::registry
