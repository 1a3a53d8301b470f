// RunLayers: the layers and images that one run makes, and their end.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/files.h"
#include "runtime/base/state_dir.h"
#include "runtime/layer/layer_store.h"

namespace runner {

// Layers are named "step-RUN-STEP", "step-RUN-STEP.rootfs". They are removed with the object unless
// the run is kept by then (kept_run.h); what a crashed run left is removed by Sweep(): a lock says
// which runs are alive. Thread-safe.
class RunLayers {
 public:
  // A run that begins once more, as after a stop of its server, has nothing of what was kept of it.
  // Throws Error (kExists) when the run is under way in another process.
  RunLayers(const runtime::base::StateDir& state, std::string run_id);
  RunLayers(const RunLayers&) = delete;
  RunLayers& operator=(const RunLayers&) = delete;
  ~RunLayers();

  // Makes what a container wrote (the upper directory of its workspace) the step's layer. Nothing
  // when it wrote nothing.
  std::optional<runtime::layer::LayerId> Adopt(const std::string& step,
                                               const std::filesystem::path& upper);
  // The same of what it wrote outside of the workspace.
  std::optional<runtime::layer::LayerId> AdoptRootfs(const std::string& step,
                                                     const std::filesystem::path& upper);

  // Removes the layers and locks of runs that no process works on and that aren't kept, and of
  // those that were kept long enough. Never throws.
  static void Sweep(const runtime::base::StateDir& state) noexcept;

 private:
  std::optional<runtime::layer::LayerId> AdoptAs(const runtime::layer::LayerId& id,
                                                 const std::filesystem::path& upper);

  runtime::base::StateDir state_;
  runtime::layer::LayerStore layers_;
  std::string run_id_;
  std::filesystem::path lock_path_;
  runtime::base::UniqueFd lock_;
  std::mutex mutex_;
  std::vector<runtime::layer::LayerId> made_;
};

// All layers of a run that isn't under way. Never throws; what couldn't be removed stays.
void RemoveRunLayers(const runtime::base::StateDir& state, const std::string& run_id) noexcept;

}  // namespace runner
