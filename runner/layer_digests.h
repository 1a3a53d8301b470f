// LayerDigests: hashes and lists the layers that steps leave, while the next steps run.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "runner/masker.h"
#include "runner/run_paths.h"
#include "runtime/layer/layer_store.h"

namespace runner {

// Thread-safe.
class LayerDigests {
 public:
  // `sink` gets a step's digest ("sha256:..."; kNoDigest for a layer that has no archive), on any
  // thread. All three outlive the object.
  using Sink = std::function<void(const std::string& step, const std::string& digest)>;
  LayerDigests(const runtime::layer::LayerStore& layers, const Masker& masker,
               const RunPaths& paths, Sink sink)
      : layers_(layers), masker_(masker), paths_(paths), sink_(std::move(sink)) {}
  LayerDigests(const LayerDigests&) = delete;
  LayerDigests& operator=(const LayerDigests&) = delete;
  ~LayerDigests() { Await(); }

  static constexpr char kNoDigest[] = "unknown";

  // What a step left. The layer stays as it is until Await() returned. Times after `max_mtime`
  // (seconds since 1970) count as that one, and files that match `leave_out` aren't part of it, as
  // reports, which hold how long each test took. So two runs of one commit have equal digests. Its
  // files are listed in the run's directory (run_paths.h), with names masked. A stop gives no
  // digest.
  struct Request {
    std::string step;
    runtime::layer::LayerId layer;  // empty: it left nothing
    int64_t max_mtime = 0;
    std::vector<std::string> leave_out = {};  // globs
  };
  // The newest of a step counts, as of one that is run again.
  void Add(Request request, std::stop_token stop);
  // A checkout, whose files have one fixed time and are the repository's own: not listed, and
  // hashed once for all runs.
  void AddCheckout(const std::string& step, const runtime::layer::LayerId& layer,
                   std::stop_token stop);
  // What the layer of a step holds, waited for, with all files and with times as for the step's
  // digest. Empty for one that wasn't added, or can't be hashed.
  std::string Of(const runtime::layer::LayerId& layer) const;
  // All that were added are hashed.
  void Await();

 private:
  struct Hashed {
    std::string digest;
    std::optional<std::string> listing = std::nullopt;
    std::string whole = {};  // with all files
  };
  Hashed Hash(const Request& request, const std::stop_token& stop) const;
  Hashed HashCheckout(const runtime::layer::LayerId& layer, const std::stop_token& stop) const;
  std::shared_future<std::string> Start(const std::string& step, std::function<Hashed()> hash);
  uint64_t Next(const std::string& step);
  void Tell(const std::string& step, uint64_t number, const Hashed& hashed);

  const runtime::layer::LayerStore& layers_;
  const Masker& masker_;
  const RunPaths paths_;
  const Sink sink_;
  mutable std::mutex mutex_;
  std::map<std::string, uint64_t> newest_;
  std::vector<std::shared_future<std::string>> pending_;
  std::map<runtime::layer::LayerId, std::shared_future<std::string>> wholes_;  // Hashed::whole
};

}  // namespace runner
