#include "runner/run_layers.h"

#include <fcntl.h>

#include "runner/kept_runs.h"
#include "runner/run_paths.h"
#include "runtime/base/error.h"

namespace runner {
namespace base = runtime::base;
namespace layer = runtime::layer;
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "step-";
constexpr std::string_view kLockPrefix = "run-";

fs::path LockPath(const base::StateDir& state, std::string_view run_id) {
  return state.locks() / (std::string(kLockPrefix) + std::string(run_id));
}

// Comes to its place locked already: a sweep never meets it free.
base::UniqueFd TakeLock(const base::StateDir& state, const std::string& run_id) {
  const fs::path path = LockPath(state, run_id);
  if (fs::exists(path) && !base::FileLock::TryLock(path)) {
    throw base::Error(base::ErrorKind::kExists, "run " + run_id + " is under way already");
  }
  const fs::path draft = state.tmp() / path.filename();
  base::UniqueFd lock;
  do {
    lock = base::OpenFile(draft, O_RDWR | O_CREAT);
  } while (!base::HoldFromSweep(lock.get()));
  fs::rename(draft, path);
  return lock;
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
    : state_(state),
      layers_(state),
      run_id_(std::move(run_id)),
      lock_path_(LockPath(state, run_id_)),
      lock_(TakeLock(state, run_id_)) {
  if (IsKeptRun(state_, run_id_)) {
    std::error_code error;
    fs::remove(RunPaths(state_.runs(), run_id_).kept_start(), error);
    RemoveRunLayers(state_, run_id_);
  }
}

RunLayers::~RunLayers() {
  if (!IsKeptRun(state_, run_id_)) {
    for (const layer::LayerId& id : made_) {
      TryRemove(layers_, id);
    }
    std::error_code error;
    fs::remove_all(RunPaths(state_.runs(), run_id_).kept(), error);
  }
  std::error_code error;
  fs::remove(lock_path_, error);
  PruneKeptRuns(state_);
}

std::optional<layer::LayerId> RunLayers::Adopt(const std::string& step, const fs::path& upper) {
  return AdoptAs(std::string(kPrefix) + run_id_ + "-" + step, upper);
}

std::optional<layer::LayerId> RunLayers::AdoptRootfs(const std::string& step,
                                                     const fs::path& upper) {
  return AdoptAs(std::string(kPrefix) + run_id_ + "-" + step + ".rootfs", upper);
}

std::optional<layer::LayerId> RunLayers::AdoptAs(const layer::LayerId& id, const fs::path& upper) {
  if (!fs::exists(upper) || fs::is_empty(upper)) {
    return std::nullopt;
  }
  layers_.Adopt(upper, id);
  const std::lock_guard lock(mutex_);
  made_.push_back(id);
  return id;
}

void RemoveRunLayers(const base::StateDir& state, const std::string& run_id) noexcept {
  try {
    const layer::LayerStore layers(state);
    const std::string prefix = std::string(kPrefix) + run_id + "-";
    for (const layer::LayerId& id : layers.List()) {
      if (id.starts_with(prefix)) {
        TryRemove(layers, id);
      }
    }
  } catch (const std::exception&) {
    // The next sweep tries again.
  }
}

void RunLayers::Sweep(const base::StateDir& state) noexcept {
  PruneKeptRuns(state);
  try {
    const layer::LayerStore layers(state);
    for (const layer::LayerId& id : layers.List()) {
      if (!id.starts_with(kPrefix)) {
        continue;
      }
      const std::string run_id =
          id.substr(kPrefix.size(), id.find('-', kPrefix.size()) - kPrefix.size());
      if (IsKeptRun(state, run_id)) {
        continue;
      }
      const fs::path lock_path = LockPath(state, run_id);
      if (const auto lock = base::FileLock::TryLock(lock_path)) {
        TryRemove(layers, id);
        std::error_code error;
        fs::remove(lock_path, error);
      }
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(state.locks())) {
      std::error_code error;
      if (entry.path().filename().string().starts_with(kLockPrefix) &&
          base::FileLock::TryLock(entry.path())) {
        fs::remove(entry.path(), error);
      }
    }
  } catch (const std::exception&) {
    // A sweep that can't be done now is done at the next start.
  }
}

}  // namespace runner
