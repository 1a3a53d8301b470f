// LayerDigests: hashes the layers that steps leave, while the next steps run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

namespace runner {

// Thread-safe.
class LayerDigests {
 public:
  // `sink` gets a step's digest, on a thread of ours.
  using Sink = std::function<void(const std::string& step, const std::string& digest)>;
  explicit LayerDigests(Sink sink) : sink_(std::move(sink)) {}
  LayerDigests(const LayerDigests&) = delete;
  LayerDigests& operator=(const LayerDigests&) = delete;
  ~LayerDigests() { Await(); }

  // The layer stays as it is until Await() returned. Times after `max_mtime` (seconds since 1970)
  // count as that one, so that two runs of one commit have equal digests. A layer that can't be
  // hashed, or a stop, gives none.
  void Add(const std::string& step, const std::filesystem::path& layer, int64_t max_mtime,
           std::stop_token stop);
  // That of a layer that was added, waited for; empty for one that wasn't, or can't be hashed.
  std::string Of(const std::filesystem::path& layer) const;
  // All that were added are hashed.
  void Await() const;

 private:
  const Sink sink_;
  mutable std::mutex mutex_;
  std::map<std::filesystem::path, std::shared_future<std::string>> digests_;
};

}  // namespace runner
