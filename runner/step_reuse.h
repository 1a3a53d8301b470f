// StepReuse: the results of earlier runs in place of steps that would do the same again,
// `skip-unchanged` of the pipeline file and `exec --fast`.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "pipeline/step_backend.h"
#include "pipeline/step_key.h"
#include "runner/layer_digests.h"
#include "runner/result_store.h"
#include "runner/run_layers.h"
#include "runner/step_volumes.h"
#include "runtime/base/state_dir.h"
#include "runtime/image/image_store.h"

namespace runner {

// Who asks, and for what.
struct ReuseScope {
  RepositoryStorage storage;
  std::string run_id;
  bool saves = true;  // false: this run's results are for no other
};

// A result is one repository's and one step's. A run that isn't trusted may take what trusted ones
// left, and leaves nothing, as with caches: what a stranger made is never a trusted run's. Safe
// from several threads at once.
class StepReuse {
 public:
  // All are borrowed; `digests` are of the layers in `layers`.
  StepReuse(ReuseScope scope, const runtime::base::StateDir& state,
            const runtime::image::ImageStore& images, RunLayers& layers,
            const LayerDigests& digests);
  // Makes room in the store, if something was added.
  ~StepReuse();
  StepReuse(const StepReuse&) = delete;
  StepReuse& operator=(const StepReuse&) = delete;

  // The earlier result of a step with this image; what it changed is the layer `layer` of this run.
  // Nothing where there is none that fits. Says in the log which it is, or why it is none. Never
  // throws: then the step is simply run.
  std::optional<pipeline::StepResult> Take(const pipeline::CommandRequest& request,
                                           const std::string& image_digest,
                                           const std::string& layer, pipeline::StepLog& log);

  // Keeps the result of a request that Take() had nothing for. Never throws; says what is wrong.
  void Keep(const pipeline::CommandRequest& request, const pipeline::StepResult& result,
            pipeline::StepLog& log);

 private:
  pipeline::StepKeyParts PartsOf(const pipeline::CommandRequest& request,
                                 const std::string& image_digest) const;
  std::string DigestOfImage(const std::string& name) const;
  std::string Whose(const pipeline::CommandRequest& request) const;

  const ReuseScope scope_;
  const runtime::base::StateDir& state_;
  const runtime::image::ImageStore& images_;
  RunLayers& layers_;
  const LayerDigests& digests_;
  const ResultStore store_;
  std::mutex mutex_;
  std::map<std::string, pipeline::StepKeyParts> asked_;  // by id of the step
  bool grown_ = false;
};

}  // namespace runner
