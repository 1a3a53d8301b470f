// The verbs of `runner container`, a file for each family beside this one. Each has one row in a
// table: in container.cc if the light program has it, else in container_main.cc.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runner/dispatch.h"

namespace runner {

std::span<const VerbEntry> LightContainerVerbs();

// Runs the one of them that args[0] names; nothing when it names none.
std::optional<int> RunLightContainerVerb(const std::vector<std::string>& args);

int ContainerAttachMain(std::vector<std::string> args);
int ContainerCommitMain(std::vector<std::string> args);
int ContainerCopyMain(std::vector<std::string> args);
int ContainerCreateMain(std::vector<std::string> args);
int ContainerDiffMain(std::vector<std::string> args);
int ContainerExecMain(std::vector<std::string> args);
int ContainerExportMain(std::vector<std::string> args);
int ContainerInspectMain(std::vector<std::string> args);
int ContainerKillMain(std::vector<std::string> args);
int ContainerLogsMain(std::vector<std::string> args);
int ContainerLsMain(std::vector<std::string> args);
int ContainerPauseMain(std::vector<std::string> args);
int ContainerPortMain(std::vector<std::string> args);
int ContainerPruneMain(std::vector<std::string> args);
int ContainerRenameMain(std::vector<std::string> args);
int ContainerRestartMain(std::vector<std::string> args);
int ContainerRmMain(std::vector<std::string> args);
int ContainerStartMain(std::vector<std::string> args);
int ContainerStatsMain(std::vector<std::string> args);
int ContainerStopMain(std::vector<std::string> args);
int ContainerTopMain(std::vector<std::string> args);
int ContainerUnpauseMain(std::vector<std::string> args);
int ContainerWaitMain(std::vector<std::string> args);

}  // namespace runner
