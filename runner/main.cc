// runner-main: every verb that isn't on the start path of a container. It has those of the start
// path too, so that `runner help` knows all of them.
#include <array>
#include <csignal>

#include "runner/dispatch.h"
#include "runner/verbs/verbs.h"

namespace runner {
namespace {

constexpr std::array kVerbs = {
    VerbEntry{"exec", ExecMain, "Run the pipeline of a working tree"},
    VerbEntry{"runs", RunsMain, "Past and present runs"},
    VerbEntry{"show", ShowMain, "How a run went"},
    VerbEntry{"logs", LogsMain, "What the steps of a run wrote"},
    VerbEntry{"report", ReportMain, "Test results of a run"},
    VerbEntry{"cancel", CancelMain, "End a run"},
    VerbEntry{"diff", DiffMain, "What two runs did differently"},
    VerbEntry{"shell", ShellMain, "Enter the files that a step left"},
    VerbEntry{"resume", ResumeMain, "Go on from a step of an earlier run"},
    VerbEntry{"lint", LintMain, "Check a pipeline file"},
    VerbEntry{"plan", PlanMain, "Show what a run would do"},
    VerbEntry{"init", InitMain, "Propose a pipeline file for a directory"},
    VerbEntry{"import", ImportMain, "Make a pipeline file of another system's"},
    VerbEntry{"serve", ServeMain, "Take webhooks, run pipelines, show results"},
    VerbEntry{"run", RunMain, "Run a program in a new container"},
    VerbEntry{"container", ContainerMain, "Containers that are kept: start, stop, logs, list"},
    VerbEntry{"image", ImageMain, "Images: import, pull, push, list, tag, save, load, remove"},
    VerbEntry{"volume", VolumeMain, "Volumes: directories that outlive containers"},
    VerbEntry{"network", NetworkMain, "Networks that containers share: list"},
    VerbEntry{"registry", RegistryMain, "Log in to a registry, and out"},
    VerbEntry{"doctor", DoctorMain, "What works on this host, and what to do about the rest"},
    VerbEntry{"completion", CompletionMain, "Complete verbs and options in bash, zsh or fish"},
    VerbEntry{"version", VersionMain, "Which version this is"},
};

}  // namespace
}  // namespace runner

int main(int argc, char** argv) {
  // A reader that goes away is an error of a write, not our end: runs go on.
  std::signal(SIGPIPE, SIG_IGN);
  return runner::Dispatch("runner", runner::kVerbs,
                          std::vector<std::string>(argv + 1, argv + argc));
}
