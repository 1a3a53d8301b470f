// The verbs of `runner container`, a file for each family beside this one. Those that make or read
// archives need libraries that the program with the start path doesn't have: there they hand over
// (light_main.cc).
#pragma once

#include <string>
#include <vector>

namespace runner {

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
