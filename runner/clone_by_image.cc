#include "runner/clone_by_image.h"

#include <filesystem>

#include "runner/step_end.h"
#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/container/container_directory.h"
#include "runtime/git/checkout_time.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;
namespace fs = std::filesystem;
namespace {

pipeline::CommandAction GitCommand() {
  pipeline::CommandAction action;
  // Without `--index`: the index stays the one that the history has, whose times are these files'.
  action.argv = {"git", "checkout-index", "--all", "--force"};
  action.user = "0";
  return action;
}

void SetTimes(const fs::path& root) {
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    runtime::git::SetCheckoutTime(entry.path());
  }
  runtime::git::SetCheckoutTime(root);
}

}  // namespace

runtime::layer::LayerId CloneByImage(container::Host& host,
                                     const runtime::image::ImageStore& images,
                                     const runtime::image::Image& image,
                                     const pipeline::CloneSpec& clone,
                                     const runtime::layer::LayerId& history,
                                     const RunContainer& run) {
  runtime::layer::LayerId id =
      "clone-" +
      base::Digest::Of("image\n" + image.manifest.digest.ToString() + "\n" + history).hex();
  if (images.layers().Has(id)) {
    return id;
  }
  const pipeline::CommandAction action = GitCommand();
  pipeline::CommandRequest request;
  request.step = request.name = request.id = request.job = "clone";
  request.action = &action;
  request.env = {{"GIT_TERMINAL_PROMPT", "0"}};
  request.workspace = {history};
  request.timeout = clone.timeout;
  const container::ContainerDirectory directory(host);
  container::ContainerSpec spec = SpecForStep(images, image, directory, request);
  const pipeline::StepResult written = StepResultOf(run(request, spec), /*needs_shell=*/false);
  if (written.outcome != pipeline::Outcome::kPassed) {
    throw base::Error(
        base::ErrorKind::kInvalid,
        "`git checkout-index` of the image (the log has its words): " + written.reason);
  }
  SetTimes(WorkspaceUpper(directory));
  images.layers().Adopt(WorkspaceUpper(directory), id);
  return id;
}

}  // namespace runner
