#include "runner/image_build.h"

#include <filesystem>
#include <set>
#include <string>

#include "runner/step_end.h"
#include "runner/step_results.h"
#include "runtime/base/error.h"
#include "runtime/base/units.h"
#include "runtime/image/build.h"
#include "runtime/layer/view.h"

namespace runner {
namespace base = runtime::base;
namespace image = runtime::image;
namespace {

image::ConfigChanges ChangesOf(const pipeline::ImageBuildAction& action) {
  image::ConfigChanges changes;
  for (const auto& [name, value] : action.env) {
    changes.env.push_back(name + "=" + value);
  }
  changes.user = action.user;
  changes.working_dir = action.workdir;
  changes.entrypoint = action.entrypoint;
  changes.cmd = action.cmd;
  changes.labels = action.labels;
  changes.exposed_ports = action.expose;
  return changes;
}

// The path as seen from the directory, when it is below; else none.
std::set<std::string> PathBelow(const std::string& directory, const std::string& path) {
  const auto absolute = [](const std::string& text) {
    const std::filesystem::path normal = std::filesystem::path("/" + text).lexically_normal();
    return normal.has_filename() || normal == "/" ? normal : normal.parent_path();
  };
  const std::filesystem::path below = absolute(path).lexically_relative(absolute(directory));
  if (path.empty() || below.empty() || below == "." || *below.begin() == "..") {
    return {};
  }
  return {below};
}

}  // namespace

pipeline::StepResult BuildStepImage(const image::ImageStore& images,
                                    const std::optional<image::Image>& base_image,
                                    const pipeline::ImageBuildRequest& request,
                                    const std::string& history, pipeline::StepLog& log,
                                    const std::stop_token& stop) {
  pipeline::StepResult result;
  result.workspace = request.workspace;
  base::UniqueFd view;
  if (!request.workspace.empty()) {
    view = runtime::layer::OpenView(images.layers().Stack(request.workspace));
  }
  image::BuildOptions options;
  options.changes = ChangesOf(*request.action);
  options.created = request.created;
  for (const pipeline::ImageBuildAction::Copy& copy : request.action->copies) {
    options.copies.push_back({.view = view.get(),
                              .source = copy.source,
                              .target = copy.target,
                              .leave_out = PathBelow(copy.source, history)});
  }
  try {
    const image::Image built = image::BuildImage(images, base_image, options, stop);
    result.image_digest = built.manifest.digest.ToString();
    uint64_t size = 0;
    for (const image::Descriptor& blob : built.blobs) {
      size += blob.size;
    }
    log.Line(pipeline::Stream::kRunner, "built " + result.image_digest + ", " +
                                            base::FormatSize(size) + " in " +
                                            std::to_string(built.blobs.size()) + " layers");
  } catch (const base::Error& e) {
    // A missing source is the pipeline's fault, not ours.
    if (e.kind() != base::ErrorKind::kNotFound && e.kind() != base::ErrorKind::kUsage) {
      throw;
    }
    return FailedStep(e.what());
  }
  result.outcome = pipeline::Outcome::kPassed;
  return result;
}

}  // namespace runner
