// runner container: the verbs that the light program has itself.
#include <algorithm>
#include <array>

#include "runner/program_files.h"
#include "runner/verbs/container_verbs.h"
#include "runtime/lifecycle/monitor_process.h"
#include "runtime/network/helper_order.h"

namespace runner {
namespace {

constexpr std::array kLightVerbs = {
    VerbEntry{"attach", ContainerAttachMain, "Join our terminal or streams and a container's"},
    VerbEntry{"create", ContainerCreateMain, "Make a container, to be started later"},
    VerbEntry{"diff", ContainerDiffMain, "Show what a container changed in its image's files"},
    VerbEntry{"exec", ContainerExecMain, "Run one more program in a container"},
    VerbEntry{"inspect", ContainerInspectMain, "Show all about containers, as JSON"},
    VerbEntry{"kill", ContainerKillMain, "Send containers a signal, SIGKILL by default"},
    VerbEntry{"logs", ContainerLogsMain, "Show what a container wrote"},
    VerbEntry{"ls", ContainerLsMain, "List containers (also: ps)"},
    VerbEntry{"pause", ContainerPauseMain, "Make everything in containers stand still"},
    VerbEntry{"port", ContainerPortMain, "Show which ports of the host lead to a container"},
    VerbEntry{"prune", ContainerPruneMain, "Remove every container that doesn't run"},
    VerbEntry{"ps", ContainerLsMain, "List containers"},
    VerbEntry{"rename", ContainerRenameMain, "Give a container another name"},
    VerbEntry{"restart", ContainerRestartMain, "Stop containers and start them again"},
    VerbEntry{"rm", ContainerRmMain, "Remove containers"},
    VerbEntry{"start", ContainerStartMain, "Start containers"},
    VerbEntry{"stats", ContainerStatsMain, "Show what containers use"},
    VerbEntry{"stop", ContainerStopMain, "Stop containers"},
    VerbEntry{"top", ContainerTopMain, "Show the processes of a container"},
    VerbEntry{"unpause", ContainerUnpauseMain, "Let paused containers go on"},
    VerbEntry{"wait", ContainerWaitMain, "Wait for the end of containers, print their exit codes"},
};

}  // namespace

std::span<const VerbEntry> LightContainerVerbs() { return kLightVerbs; }

std::optional<int> RunLightContainerVerb(const std::vector<std::string>& args) {
  if (args.empty()) {
    return std::nullopt;
  }
  std::vector<std::string> rest = {args.begin() + 1, args.end()};
  // Not for people: how this program calls itself.
  if (args[0] == runtime::lifecycle::kMonitorWord) {
    return runtime::lifecycle::MonitorMain(std::move(rest),
                                           HelperProgram(runtime::network::kHelperName));
  }
  const auto found = std::find_if(kLightVerbs.begin(), kLightVerbs.end(),
                                  [&](const VerbEntry& verb) { return args[0] == verb.name; });
  return found != kLightVerbs.end() ? std::optional(found->run(std::move(rest))) : std::nullopt;
}

}  // namespace runner
