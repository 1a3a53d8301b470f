#include "runner/step_caches.h"

#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/container/disk_usage.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using pipeline::CacheSpec;
using pipeline::Stream;

// All caches of this host together; what wasn't used for the longest goes first.
constexpr uint64_t kMaxBytes = 20ull << 30;

// With a byte between them that none of them has.
std::string KeyOf(const RepositoryStorage& storage, const std::string& step,
                  const CacheSpec& cache) {
  std::string key = storage.clone_url;
  for (const std::string& part : {step, cache.path, cache.key}) {
    key += '\0';
    key += part;
  }
  return key;
}

void SayOf(const std::string& path, const std::string& text, pipeline::StepLog& log) {
  log.Line(Stream::kRunner, "cache " + base::ForMessage(path) + ": " + text);
}

}  // namespace

StepCaches::StepCaches(const RepositoryStorage& storage, const pipeline::CommandRequest& request,
                       const base::StateDir& state,
                       const runtime::container::ContainerDirectory& directory,
                       pipeline::StepLog& log, runtime::container::ContainerSpec& spec)
    : store_(state), saves_(storage.trusted) {
  for (const CacheSpec& cache : request.action->caches) {
    const std::string name = "cache-" + std::to_string(mounted_.size());
    Mounted mounted = {cache.path, store_.Hold(KeyOf(storage, request.name, cache)),
                       directory.path() / name};
    if (cache.trusted_only && !storage.trusted) {
      mounted.cache.count = 0;
      SayOf(cache.path, "empty, since it is for trusted runs only", log);
    } else if (mounted.cache.count == 0) {
      SayOf(cache.path, "empty, nothing was saved under this key yet", log);
    } else {
      SayOf(cache.path,
            base::FormatSize(mounted.cache.bytes) + ", saved " +
                std::to_string(mounted.cache.count) +
                (mounted.cache.count == 1 ? " time" : " times"),
            log);
    }
    spec.overlays.push_back({.snapshot = directory.Writable(store_.StackOf(mounted.cache), name),
                             .target = cache.path.starts_with('/')
                                           ? fs::path(cache.path)
                                           : fs::path("/workspace") / cache.path,
                             .owner = {spec.user.uid, spec.user.gid}});
    mounted_.push_back(std::move(mounted));
  }
}

void StepCaches::Save(pipeline::StepLog& log) const {
  bool grown = false;
  for (const Mounted& mounted : mounted_) {
    if (!saves_ || !fs::exists(mounted.upper) || fs::is_empty(mounted.upper)) {
      continue;
    }
    const uint64_t bytes = runtime::container::BytesBelow(mounted.upper, UINT64_MAX).value_or(0);
    const bool saved = store_.Save(mounted.cache, mounted.upper, bytes);
    SayOf(mounted.path,
          saved ? "saved " + base::FormatSize(bytes)
                : "another run saved it meanwhile; what this one wrote to it is dropped",
          log);
    grown = grown || saved;
  }
  if (grown) {
    store_.Prune(kMaxBytes);
  }
}

}  // namespace runner
