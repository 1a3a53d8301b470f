#include "runner/step_memory.h"

#include "runner/patch_workspace.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;

}  // namespace

StepMemory::StepMemory(const RunPaths& paths, Resume resume, const Masker& masker)
    : paths_(paths),
      resume_(std::move(resume)),
      before_(paths.directory.parent_path(), resume_.run),
      masker_(masker) {}

std::optional<KeptStart> StepMemory::TakeOverStart() const {
  if (resume_.run.empty()) {
    return std::nullopt;
  }
  std::optional<KeptStart> start = ReadKeptStart(before_);
  if (!start) {
    throw Error(ErrorKind::kNotFound, "run " + resume_.run + ": how it began isn't kept any more");
  }
  return start;
}

std::optional<KeptStep> StepMemory::TakeOver(const std::string& step,
                                             pipeline::StepLog& log) const {
  if (!resume_.taken_over.contains(step)) {
    return std::nullopt;
  }
  std::optional<KeptStep> kept = ReadKeptStep(before_, step);
  if (!kept) {
    throw Error(ErrorKind::kNotFound,
                "run " + resume_.run + ": what step " + step + " left isn't kept any more");
  }
  log.Line(pipeline::Stream::kRunner, "as in run " + resume_.run + ", not run again");
  WriteKeptStep(paths_, step, *kept);
  return kept;
}

std::string StepMemory::ReadPatch() const {
  return runtime::base::ReadFile(resume_.patch, kMaxPatch);
}

void StepMemory::Note(const pipeline::CommandRequest& request, const pipeline::StepResult& result,
                      const std::string& rootfs, pipeline::StepLog& log) const {
  KeptStep kept = {.image = result.image_digest,
                   .action = *request.action,
                   .env = request.env,
                   .secrets = pipeline::NamesOf(request.secrets),
                   .tests = request.tests != nullptr,
                   .workspace = request.workspace,
                   .result = result,
                   .rootfs = rootfs};
  for (std::map<std::string, std::string>* texts : {&kept.env, &kept.result.outputs}) {
    for (auto& [name, value] : *texts) {
      value = masker_.Mask(value);
    }
  }
  Write(request.name, kept, log);
}

void StepMemory::Note(const std::string& step, const pipeline::StepResult& result,
                      pipeline::StepLog& log) const {
  KeptStep kept;
  kept.result = result;
  Write(step, kept, log);
}

void StepMemory::Write(const std::string& step, const KeptStep& kept,
                       pipeline::StepLog& log) const {
  try {
    WriteKeptStep(paths_, step, kept);
  } catch (const Error& e) {
    log.Line(pipeline::Stream::kRunner, "it can't be entered later: " + std::string(e.what()));
  }
}

}  // namespace runner
