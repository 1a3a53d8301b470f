#include "runner/step_reuse.h"

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

namespace base = runtime::base;
using pipeline::CommandRequest;
using pipeline::StepKeyParts;
using pipeline::StepResult;
using pipeline::Stream;

// All results of this host together.
constexpr uint64_t kMaxResultBytes = 10ull << 30;

// Of an image that isn't here until the step starts.
constexpr char kNotHere[] = "not here";

bool IsSameBut(const StepKeyParts& before, StepKeyParts now) {
  for (const auto& [name, value] : before) {
    if (value == kNotHere) {
      now[name] = kNotHere;
    }
  }
  return before == now;
}

}  // namespace

StepReuse::StepReuse(ReuseScope scope, const base::StateDir& state,
                     const runtime::image::ImageStore& images, RunLayers& layers,
                     const LayerDigests& digests)
    : scope_(std::move(scope)),
      state_(state),
      images_(images),
      layers_(layers),
      digests_(digests),
      store_(state) {}

StepReuse::~StepReuse() {
  if (grown_) {
    store_.Prune(kMaxResultBytes);
  }
}

std::string StepReuse::Whose(const CommandRequest& request) const {
  return ResultOwner(scope_.storage.clone_url, request.name);
}

std::string StepReuse::DigestOfImage(const std::string& name) const {
  const auto image = images_.Find(name);
  return image ? image->manifest.digest.ToString() : kNotHere;
}

StepKeyParts StepReuse::PartsOf(const CommandRequest& request,
                                const std::string& image_digest) const {
  pipeline::CommandAction action = *request.action;
  CommandRequest keyed = request;
  keyed.action = &action;
  // By what they are, not by what they are called.
  for (std::string& layer : keyed.workspace) {
    const std::string digest = digests_.Of(layer);
    layer = digest.empty() ? layer : digest;
  }
  for (std::vector<pipeline::ServiceSpec>* services : {&keyed.job_services, &action.services}) {
    for (pipeline::ServiceSpec& service : *services) {
      service.image = DigestOfImage(service.image);
    }
  }
  StepKeyParts parts = KeyPartsOf(keyed);
  parts["image"] = image_digest;
  return parts;
}

std::optional<StepResult> StepReuse::Take(const CommandRequest& request,
                                          const std::string& image_digest, const std::string& layer,
                                          pipeline::StepLog& log) {
  try {
    const StepKeyParts parts = PartsOf(request, image_digest);
    {
      const std::lock_guard lock(mutex_);
      asked_[request.id] = parts;
    }
    const base::TemporaryDirectory files(state_.tmp(), "result");
    base::MakeDirectories(files.path() / "fs", 0755);
    std::string why_not;
    const std::optional<KeptResult> kept =
        store_.Take(Whose(request), parts, files.path() / "fs", why_not);
    if (!kept) {
      log.Line(Stream::kRunner, "skip-unchanged: it is run, " + why_not);
      return std::nullopt;
    }
    StepResult result;
    result.outcome = pipeline::Outcome::kPassed;
    result.reused_from = kept->run;
    result.reason = "unchanged since run " + kept->run;
    result.image_digest = image_digest;
    result.outputs = kept->outputs;
    result.summary = kept->summary;
    result.workspace = request.workspace;
    if (const auto id = layers_.Adopt(layer, files.path() / "fs")) {
      result.workspace.push_back(*id);
    }
    log.Line(Stream::kRunner, result.reason + ": its result is taken over, it isn't run");
    return result;
  } catch (const base::Error& e) {
    log.Line(Stream::kRunner, "skip-unchanged: it is run, " + std::string(e.what()));
    return std::nullopt;
  }
}

void StepReuse::Keep(const CommandRequest& request, const StepResult& result,
                     pipeline::StepLog& log) {
  const auto say = [&](const std::string& why) {
    log.Line(Stream::kRunner, "skip-unchanged: no later run takes this result: " + why);
  };
  if (!scope_.storage.trusted) {
    say("a pull request's is never kept");
    return;
  }
  if (!scope_.saves) {
    say("the run goes on from another, or replays it");
    return;
  }
  try {
    const StepKeyParts parts = PartsOf(request, result.image_digest);
    {
      const std::lock_guard lock(mutex_);
      const auto asked = asked_.find(request.id);
      if (asked == asked_.end() || !IsSameBut(asked->second, parts)) {
        say("an image of its services became another one meanwhile");
        return;
      }
      grown_ = true;
    }
    const bool changed = result.workspace.size() > request.workspace.size();
    store_.Save(Whose(request), parts,
                {.run = scope_.run_id, .outputs = result.outputs, .summary = result.summary},
                changed ? images_.layers().Path(result.workspace.back()) : "");
  } catch (const base::Error& e) {
    say(e.what());
  }
}

}  // namespace runner
