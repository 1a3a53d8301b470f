#include "runtime/layer/cache_store.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::layer {
namespace {

namespace fs = std::filesystem;

constexpr char kStack[] = "stack";
constexpr char kLock[] = "lock";
constexpr std::string_view kLayerPrefix = "cache-";
// Below the first layer of each: overlayfs wants one.
constexpr char kEmptyLayer[] = "cache-empty";

struct StackRecord {
  size_t count = 0;
  uint64_t bytes = 0;
};

StackRecord ReadStack(const fs::path& cache) {
  StackRecord record;
  const std::string text = base::ReadFileIfExists(cache / kStack, 64).value_or("0 0");
  unsigned long long bytes = 0;
  if (std::sscanf(text.c_str(), "%zu %llu", &record.count, &bytes) != 2) {
    throw base::Error(base::ErrorKind::kInvalid, (cache / kStack).string() + " is damaged");
  }
  record.bytes = bytes;
  return record;
}

LayerId IdOf(const std::string& cache, size_t layer) {
  return std::string(kLayerPrefix) + cache + "-" + std::to_string(layer);
}

}  // namespace

HeldCache CacheStore::Hold(std::string_view key) const {
  const std::string id = base::Digest::Of(key).hex();
  return base::WithContext("open the cache", [&] {
    HeldCache cache;
    cache.id = id;
    while (!cache.lock) {
      base::MakeDirectories(Path(id), 0700);
      cache.lock = base::OpenLockedDirectory(Path(id), LOCK_SH);
      if (cache.lock && ReadStack(Path(id)).count >= kMaxLayers) {
        cache.lock.Reset();
        if (!RemoveUnused(id)) {
          cache.lock = base::OpenLockedDirectory(Path(id), LOCK_SH);
        }
      }
    }
    const StackRecord record = ReadStack(Path(id));
    cache.count = record.count;
    cache.bytes = record.bytes;
    ::futimens(cache.lock.get(), nullptr);  // Used now, for Prune().
    return cache;
  });
}

Snapshot CacheStore::StackOf(const HeldCache& cache) const {
  if (!layers_.Has(kEmptyLayer)) {
    base::TemporaryDirectory draft = layers_.NewDraft();
    base::MakeDirectories(draft.path() / "fs", 0755);
    layers_.Publish(std::move(draft), kEmptyLayer);
  }
  std::vector<LayerId> ids = {kEmptyLayer};
  for (size_t layer = 0; layer < cache.count; ++layer) {
    ids.push_back(IdOf(cache.id, layer));
  }
  return layers_.Stack(ids);
}

bool CacheStore::Save(const HeldCache& cache, const fs::path& upper, uint64_t bytes) const {
  return base::WithContext("save the cache", [&] {
    const base::FileLock lock(Path(cache.id) / kLock);
    const StackRecord record = ReadStack(Path(cache.id));
    if (record.count != cache.count || record.count >= kMaxLayers) {
      return false;
    }
    const LayerId id = IdOf(cache.id, record.count);
    layers_.Remove(id);  // Of one who crashed here.
    layers_.Adopt(upper, id);
    base::WriteFileAtomically(Path(cache.id) / kStack, std::to_string(record.count + 1) + " " +
                                                           std::to_string(record.bytes + bytes));
    return true;
  });
}

void CacheStore::RemoveLayers(const std::string& id, size_t from) const {
  for (size_t layer = from; layer <= kMaxLayers; ++layer) {
    layers_.Remove(IdOf(id, layer));
  }
}

bool CacheStore::RemoveUnused(const std::string& id) const {
  const base::UniqueFd lock = base::OpenLockedDirectory(Path(id), LOCK_EX | LOCK_NB);
  if (!lock) {
    return false;
  }
  // First what says that there are layers.
  const base::TemporaryDirectory grave(state_.trash(), "cache");
  fs::rename(Path(id), grave.path() / id);
  RemoveLayers(id, 0);
  return true;
}

void CacheStore::Prune(uint64_t max_bytes) const noexcept {
  try {
    struct Known {
      timespec used;
      std::string id;
      uint64_t bytes;
    };
    std::vector<Known> caches;
    uint64_t total = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(state_.caches())) {
      struct stat st = {};
      ::stat(entry.path().c_str(), &st);
      caches.push_back({st.st_mtim, entry.path().filename(), ReadStack(entry.path()).bytes});
      total += caches.back().bytes;
    }
    std::sort(caches.begin(), caches.end(), [](const Known& a, const Known& b) {
      return std::pair(a.used.tv_sec, a.used.tv_nsec) < std::pair(b.used.tv_sec, b.used.tv_nsec);
    });
    for (const Known& cache : caches) {
      if (total > max_bytes && RemoveUnused(cache.id)) {
        total -= cache.bytes;
      }
    }
    for (const LayerId& id : layers_.List()) {
      const size_t dash = id.rfind('-');
      const std::string cache =
          id.size() > dash ? id.substr(0, dash).substr(std::min(dash, kLayerPrefix.size())) : "";
      if (id.starts_with(kLayerPrefix) && id != kEmptyLayer && !fs::exists(Path(cache))) {
        layers_.Remove(id);
      }
    }
  } catch (const std::exception&) {
    // What couldn't be removed is so the next time.
  }
}

}  // namespace runtime::layer
