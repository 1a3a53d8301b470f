#include "runner/layer_digests.h"

#include "runtime/base/error.h"
#include "runtime/layer/pack.h"

namespace runner {

void LayerDigests::Add(const std::string& step, const std::filesystem::path& layer,
                       int64_t max_mtime, std::stop_token stop) {
  std::future<void> hashed = std::async(std::launch::async, [=, this] {
    try {
      runtime::layer::PackOptions options;
      options.max_mtime = max_mtime;
      sink_(step, runtime::layer::Pack(layer, nullptr, options, stop).diff_id.ToString());
    } catch (const runtime::base::Error&) {
      // Stopped, or nothing that has an archive.
    }
  });
  const std::lock_guard lock(mutex_);
  pending_.push_back(std::move(hashed));
}

void LayerDigests::Await() {
  std::vector<std::future<void>> pending;
  {
    const std::lock_guard lock(mutex_);
    pending.swap(pending_);
  }
  for (const std::future<void>& hashed : pending) {
    hashed.wait();
  }
}

}  // namespace runner
