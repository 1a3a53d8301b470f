// What every verb of the command line shares: global options and how a verb ends.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "runtime/base/state_dir.h"

namespace runner {

struct Globals {
  std::filesystem::path root;  // of the state directory
  bool quiet = false;
  bool colour = false;    // decided: a terminal, no NO_COLOR, no --no-color
  bool terminal = false;  // standard error is a terminal: live progress is welcome
};

// The state directory, opened as root: an ordinary user becomes that in a user namespace of its own
// (base/rootless.h). To be called before the process has threads. Throws Error.
runtime::base::StateDir OpenState(const std::filesystem::path& root);

// Exit codes of every verb (DESIGN "Errors"); `runner run` passes the container's own code on.
inline constexpr int kExitPassed = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitOurs = 3;
inline constexpr int kExitInterrupted = 130;

// In place of all arguments: prints what may stand there, one word a line, for the scripts of
// `runner completion`.
inline constexpr char kCompletionWords[] = "--completion-words";

// How a verb tells its own failures.
struct FailureCodes {
  int usage = kExitUsage;
  int ours = kExitOurs;
};
// Of the verbs that pass a container's exit code on: docker's one code for all that isn't the
// container's.
inline constexpr FailureCodes kContainerFailureCodes = {125, 125};

// Runs one verb: `declare` adds options to the app (its callbacks or bound variables), `act` runs
// after parsing. Adds --root, -q/--quiet, --no-color. Answers help (exit 0) and bad usage (one line
// and a hint), and turns an Error into one line "runner: ..." and its exit code.
int RunVerb(const std::string& name, const std::string& description, std::vector<std::string> args,
            const std::function<void(CLI::App&)>& declare,
            const std::function<int(const Globals&)>& act, const FailureCodes& codes = {});

// A verb: gets what follows its name.
using Verb = int (*)(std::vector<std::string> args);

}  // namespace runner
