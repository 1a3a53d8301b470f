#include "runner/run_layers.h"

#include "runtime/base/error.h"

namespace runner {
namespace base = runtime::base;
namespace layer = runtime::layer;
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "step-";

fs::path LockPath(const base::StateDir& state, std::string_view run_id) {
  return state.locks() / ("run-" + std::string(run_id));
}

base::FileLock TakeLock(const fs::path& path, const std::string& run_id) {
  std::optional<base::FileLock> lock = base::FileLock::TryLock(path);
  if (!lock) {
    throw base::Error(base::ErrorKind::kExists, "run " + run_id + " is under way already");
  }
  return std::move(*lock);
}

void TryRemove(const layer::LayerStore& layers, const layer::LayerId& id) noexcept {
  try {
    layers.Remove(id);
  } catch (const base::Error&) {
    // The next sweep tries again.
  }
}

}  // namespace

RunLayers::RunLayers(const base::StateDir& state, std::string run_id)
    : layers_(state),
      run_id_(std::move(run_id)),
      lock_path_(LockPath(state, run_id_)),
      lock_(TakeLock(lock_path_, run_id_)) {}

RunLayers::~RunLayers() {
  for (const layer::LayerId& id : made_) {
    TryRemove(layers_, id);
  }
  std::error_code error;
  fs::remove(lock_path_, error);
}

std::optional<layer::LayerId> RunLayers::Adopt(const std::string& step, const fs::path& upper) {
  if (!fs::exists(upper) || fs::is_empty(upper)) {
    return std::nullopt;
  }
  const layer::LayerId id = std::string(kPrefix) + run_id_ + "-" + step;
  layers_.Adopt(upper, id);
  const std::lock_guard lock(mutex_);
  made_.push_back(id);
  return id;
}

void RunLayers::Sweep(const base::StateDir& state) noexcept {
  try {
    const layer::LayerStore layers(state);
    for (const layer::LayerId& id : layers.List()) {
      if (!id.starts_with(kPrefix)) {
        continue;
      }
      const std::string run_id =
          id.substr(kPrefix.size(), id.find('-', kPrefix.size()) - kPrefix.size());
      const fs::path lock_path = LockPath(state, run_id);
      if (const auto lock = base::FileLock::TryLock(lock_path)) {
        TryRemove(layers, id);
        std::error_code error;
        fs::remove(lock_path, error);
      }
    }
  } catch (const std::exception&) {
    // A sweep that can't be done now is done at the next start.
  }
}

}  // namespace runner
