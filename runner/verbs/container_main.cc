// runner container: the life cycle of containers that are kept. All of its verbs.
#include <algorithm>
#include <array>

#include "runner/verbs/container_verbs.h"
#include "runner/verbs/verbs.h"

namespace runner {
namespace {

// They make or read archives, which needs libraries that the light program doesn't load.
constexpr std::array kArchiveVerbs = {
    VerbEntry{"commit", ContainerCommitMain, "Make an image of what a container changed"},
    VerbEntry{"cp", ContainerCopyMain, "Copy files between a container and this host"},
    VerbEntry{"export", ContainerExportMain, "Write all files of a container as a tar archive"},
};

}  // namespace

int ContainerMain(std::vector<std::string> args) {
  if (const std::optional<int> code = RunLightContainerVerb(args)) {
    return *code;
  }
  const std::span<const VerbEntry> light = LightContainerVerbs();
  std::vector<VerbEntry> verbs(light.begin(), light.end());
  verbs.insert(verbs.end(), kArchiveVerbs.begin(), kArchiveVerbs.end());
  std::sort(verbs.begin(), verbs.end(), [](const VerbEntry& a, const VerbEntry& b) {
    return std::string_view(a.name) < b.name;
  });
  return Dispatch("runner container", verbs, std::move(args));
}

}  // namespace runner
