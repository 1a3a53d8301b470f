// StepCaches: what one step keeps between runs, `cache` of the pipeline file.
#pragma once

#include <filesystem>
#include <vector>

#include "pipeline/step_backend.h"
#include "runner/step_volumes.h"
#include "runtime/base/state_dir.h"
#include "runtime/container/container_directory.h"
#include "runtime/container/container_spec.h"
#include "runtime/layer/cache_store.h"

namespace runner {

// A cache is mounted above the layers that runs before it saved, and what the step adds is one more
// of them: nothing is unpacked, and nobody waits. It is one repository's, one step's, one path's,
// one key's. A run that isn't trusted sees what trusted ones saved, unless a cache is for those
// only, and saves nothing.
class StepCaches {
 public:
  // Adds them to the spec and says in the log what each one has. `directory` is the container's and
  // must outlive this. Throws Error.
  StepCaches(const RepositoryStorage& storage, const pipeline::CommandRequest& request,
             const runtime::base::StateDir& state,
             const runtime::container::ContainerDirectory& directory, pipeline::StepLog& log,
             runtime::container::ContainerSpec& spec);

  // To be called when the container has ended well.
  void Save(pipeline::StepLog& log) const;

 private:
  struct Mounted {
    std::string path;  // as the pipeline file has it
    runtime::layer::HeldCache cache;
    std::filesystem::path upper;
  };

  runtime::layer::CacheStore store_;
  bool saves_;
  std::vector<Mounted> mounted_;
};

}  // namespace runner
