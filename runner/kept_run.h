// What is kept of a run beside its record, so that one can enter its steps and go on from them:
// runs/ID/kept/, and the layers that it names. For runs that didn't pass; kept_runs.h says how
// long.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/step_backend.h"
#include "runner/run_paths.h"

namespace runner {

// One step as it was run, and how it ended. Of secrets the names.
struct KeptStep {
  std::string image;  // digest of a command's image
  pipeline::CommandAction action;
  std::map<std::string, std::string> env;
  std::vector<std::string> secrets;
  bool tests = false;                   // it had `tests`, and so no privilege
  pipeline::WorkspaceLayers workspace;  // that it began with
  pipeline::StepResult result;          // outcome, image_digest, workspace, outputs
  std::string rootfs;                   // layer of what it changed outside; empty: not kept
};

// What the run began with.
struct KeptStart {
  pipeline::Checkout checkout;
  pipeline::WorkspaceLayers file_in;  // whose `.runner.yml` was read: without what `clone` asks for
  std::map<std::string, std::string> env;  // `--env`
  std::string file;                        // `--file`
  std::string stands_on;                   // the run that it resumed; empty for none
};

void WriteKeptStep(const RunPaths& paths, const std::string& step, const KeptStep& kept);
// With it the run is kept; without, what there is goes with the run.
void WriteKeptStart(const RunPaths& paths, const KeptStart& start);

// Nothing when that isn't kept. Throw Error.
std::optional<KeptStep> ReadKeptStep(const RunPaths& paths, const std::string& step);
std::optional<KeptStart> ReadKeptStart(const RunPaths& paths);

}  // namespace runner
