#include "runner/patch_workspace.h"

#include <sstream>

#include "runner/lent_shell.h"
#include "runner/step_end.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;

// Lines of a change begin with one of " +-\", so none of these can be one.
void RequireAppliable(const std::string& patch) {
  std::istringstream lines(patch);
  bool changes = false;
  size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    changes = changes || line.starts_with("@@ ");
    for (const char* refused : {"rename from ", "copy from ", "old mode ", "new file mode 100755",
                                "new file mode 120000", "GIT binary patch", "Binary files "}) {
      if (line.starts_with(refused)) {
        throw base::Error(base::ErrorKind::kUsage,
                          "the patch, line " + std::to_string(number) + ": \"" +
                              base::ForMessage(line.substr(0, 80)) +
                              "\" can't be applied, only changes of text can; leave it out, or "
                              "commit it and run anew");
      }
    }
  }
  if (!changes) {
    throw base::Error(base::ErrorKind::kUsage,
                      "the patch changes no text; give one as of `git diff`");
  }
}

std::filesystem::path ApplyPatch(const runtime::image::ImageStore& images,
                                 const runtime::image::Image& image,
                                 const container::ContainerDirectory& directory,
                                 pipeline::CommandRequest request, const std::string& patch,
                                 const RunContainer& run) {
  pipeline::CommandAction action;
  action.user = "0";
  request.action = &action;
  container::ContainerSpec spec = SpecForStep(images, image, directory, request);
  const std::string busybox = LendBusybox(directory, spec);
  const std::string file = LendFile(directory, "patch", patch);
  spec.argv = {busybox, "patch", "-E", "-p1", "-i", file};
  const pipeline::StepResult patched = StepResultOf(run(request, spec), false);
  if (patched.outcome != pipeline::Outcome::kPassed) {
    throw base::Error(base::ErrorKind::kUsage,
                      "the patch can't be applied to what the step begins with (the log says "
                      "where): " +
                          patched.reason);
  }
  return WorkspaceUpper(directory);
}

}  // namespace runner
