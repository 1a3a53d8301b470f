// runner container: the life cycle of containers that are kept.
#include <array>

#include "runner/dispatch.h"
#include "runner/program_files.h"
#include "runner/verbs/container_verbs.h"
#include "runner/verbs/verbs.h"
#include "runtime/lifecycle/monitor_process.h"
#include "runtime/network/helper_order.h"

namespace runner {
namespace {

constexpr std::array kContainerVerbs = {
    VerbEntry{"attach", ContainerAttachMain, "Join our terminal or streams and a container's"},
    VerbEntry{"commit", ContainerCommitMain, "Make an image of what a container changed"},
    VerbEntry{"cp", ContainerCopyMain, "Copy files between a container and this host"},
    VerbEntry{"create", ContainerCreateMain, "Make a container, to be started later"},
    VerbEntry{"diff", ContainerDiffMain, "Show what a container changed in its image's files"},
    VerbEntry{"exec", ContainerExecMain, "Run one more program in a container"},
    VerbEntry{"export", ContainerExportMain, "Write all files of a container as a tar archive"},
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

int ContainerMain(std::vector<std::string> args) {
  // Not for people: how this program calls itself.
  if (!args.empty() && args[0] == runtime::lifecycle::kMonitorWord) {
    return runtime::lifecycle::MonitorMain({args.begin() + 1, args.end()},
                                           HelperProgram(runtime::network::kHelperName));
  }
  return Dispatch("runner container", kContainerVerbs, std::move(args));
}

}  // namespace runner
