#include "runner/layer_digests.h"

#include <vector>

#include "runtime/base/error.h"
#include "runtime/layer/pack.h"

namespace runner {

void LayerDigests::Add(const std::string& step, const std::filesystem::path& layer,
                       int64_t max_mtime, std::stop_token stop) {
  std::shared_future<std::string> hashed = std::async(std::launch::async, [=, this] {
    try {
      runtime::layer::PackOptions options;
      options.max_mtime = max_mtime;
      std::string digest = runtime::layer::Pack(layer, nullptr, options, stop).diff_id.ToString();
      sink_(step, digest);
      return digest;
    } catch (const runtime::base::Error&) {
      return std::string();  // Stopped, or nothing that has an archive.
    }
  });
  const std::lock_guard lock(mutex_);
  digests_[layer] = std::move(hashed);
}

std::string LayerDigests::Of(const std::filesystem::path& layer) const {
  std::shared_future<std::string> hashed;
  {
    const std::lock_guard lock(mutex_);
    const auto found = digests_.find(layer);
    if (found == digests_.end()) {
      return "";
    }
    hashed = found->second;
  }
  return hashed.get();
}

void LayerDigests::Await() const {
  std::vector<std::shared_future<std::string>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [layer, hashed] : digests_) {
      all.push_back(hashed);
    }
  }
  for (const std::shared_future<std::string>& hashed : all) {
    hashed.wait();
  }
}

}  // namespace runner
