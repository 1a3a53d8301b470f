// Every verb, one file each beside this one.
#pragma once

#include <string>
#include <vector>

namespace runner {

// Of the light program: they load nothing that a container start doesn't need.
int RunMain(std::vector<std::string> args);
int VersionMain(std::vector<std::string> args);
int ContainerMain(std::vector<std::string> args);  // container_verbs.h

// Of the full program.
int ExecMain(std::vector<std::string> args);
int ImageMain(std::vector<std::string> args);
int NetworkMain(std::vector<std::string> args);
int VolumeMain(std::vector<std::string> args);
int ServeMain(std::vector<std::string> args);
int DoctorMain(std::vector<std::string> args);
int LintMain(std::vector<std::string> args);
int RunsMain(std::vector<std::string> args);
int LogsMain(std::vector<std::string> args);
int ShowMain(std::vector<std::string> args);  // run_show.cc, as the next two
int ReportMain(std::vector<std::string> args);
int CancelMain(std::vector<std::string> args);
int DiffMain(std::vector<std::string> args);
int ShellMain(std::vector<std::string> args);
int ResumeMain(std::vector<std::string> args);
int PlanMain(std::vector<std::string> args);
int InitMain(std::vector<std::string> args);
int ImportMain(std::vector<std::string> args);
int CompletionMain(std::vector<std::string> args);
int RegistryMain(std::vector<std::string> args);  // login, logout

}  // namespace runner
