// CacheStore: stacks of layers that outlive runs and grow, caches/HEX in the state directory.
//
//   caches/HEX/stack    "COUNT BYTES": the layers are cache-HEX-0 to cache-HEX-(COUNT - 1)
//   caches/HEX/lock     held by who makes it grow (flock(2))
//
// Who uses a cache holds a shared lock on its directory, so that it isn't removed. Growing changes
// no layer, so nobody waits for anybody: a container sees the layers that were there when it began.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"
#include "runtime/layer/layer_store.h"

namespace runtime::layer {

// One use of a cache: what there is of it stays until this is gone.
struct HeldCache {
  std::string id;      // 64 hex digits
  size_t count = 0;    // of layers; 0: nothing was saved yet
  uint64_t bytes = 0;  // all of them, as those who saved them said
  base::UniqueFd lock;
};

// Thread-safe; several processes may work on the same state directory.
class CacheStore {
 public:
  // A cache of so many layers begins anew at its next use: a stack can't grow for ever.
  static constexpr size_t kMaxLayers = 32;

  explicit CacheStore(const base::StateDir& state) : state_(state), layers_(state) {}

  // The cache with that key, any text, made when it is missing. Throws Error.
  HeldCache Hold(std::string_view key) const;

  // To be mounted, with a writable part of the caller's.
  Snapshot StackOf(const HeldCache& cache) const;

  // Makes the directory, what was written above StackOf(), the cache's uppermost layer. False, and
  // nothing happened, when somebody else made it grow since it was held. Throws Error.
  bool Save(const HeldCache& cache, const std::filesystem::path& upper, uint64_t bytes) const;

  // Removes the caches that weren't used for the longest, until all together have at most so many
  // bytes, and layers that a crash left without a cache. Those in use stay. Never throws.
  void Prune(uint64_t max_bytes) const noexcept;

 private:
  std::filesystem::path Path(const std::string& id) const { return state_.caches() / id; }
  void RemoveLayers(const std::string& id, size_t from) const;
  bool RemoveUnused(const std::string& id) const;

  base::StateDir state_;
  LayerStore layers_;
};

}  // namespace runtime::layer
