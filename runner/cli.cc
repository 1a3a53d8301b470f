#include "runner/cli.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "runner/option_words.h"
#include "runtime/base/error.h"
#include "runtime/base/rootless.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

int ExitCodeOf(runtime::base::ErrorKind kind, const FailureCodes& codes) {
  switch (kind) {
    case runtime::base::ErrorKind::kUsage:
      return codes.usage;
    case runtime::base::ErrorKind::kCancelled:
      return kExitInterrupted;
    default:
      return codes.ours;
  }
}

int Fail(int code, const std::string& message) {
  // Messages of several lines (the diagnostics of a file) keep their line ends.
  std::string text;
  size_t begin = 0;
  while (begin <= message.size()) {
    const size_t end = std::min(message.find('\n', begin), message.size());
    text += runtime::base::ForMessage(std::string_view(message).substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  std::fputs(("runner: " + text).c_str(), stderr);
  return code;
}

void PrintOptions(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_snames()) {
      std::printf("-%s\n", name.c_str());
    }
    for (const std::string& name : option->get_lnames()) {
      std::printf("--%s\n", name.c_str());
    }
  }
}

}  // namespace

runtime::base::StateDir OpenState(const std::filesystem::path& root) {
  runtime::base::EnterUserNamespace();
  return runtime::base::StateDir(root);
}

int RunVerb(const std::string& name, const std::string& description, std::vector<std::string> args,
            const std::function<void(CLI::App&)>& declare,
            const std::function<int(const Globals&)>& act, const FailureCodes& codes) {
  CLI::App app(description, "runner " + name);
  Globals globals;
  bool no_colour = false;
  app.add_option("--root", globals.root, "State directory (default: RUNNER_ROOT, else by user)");
  app.add_flag("-q,--quiet", globals.quiet, "Only the result and errors");
  app.add_flag("--no-color", no_colour, "No colours (also: NO_COLOR in the environment)");
  try {
    declare(app);
    if (args == std::vector<std::string>{kCompletionWords}) {
      PrintOptions(app);
      return kExitPassed;
    }
    std::vector<std::string> words = OptionWords(app, args);
    std::reverse(words.begin(), words.end());
    app.parse(words);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& e) {
    return Fail(codes.usage, std::string(e.what()) + " (see: runner " + name + " --help)");
  }
  try {
    if (globals.root.empty()) {
      globals.root = runtime::base::StateDir::DefaultRoot();
    }
    const char* no_colour_variable = std::getenv("NO_COLOR");
    globals.terminal = ::isatty(STDERR_FILENO) == 1;
    globals.colour = globals.terminal && !no_colour &&
                     (no_colour_variable == nullptr || *no_colour_variable == '\0');
    return act(globals);
  } catch (const runtime::base::Error& e) {
    return Fail(ExitCodeOf(e.kind(), codes), e.what());
  } catch (const std::exception& e) {
    return Fail(codes.ours, e.what());
  }
}

}  // namespace runner
