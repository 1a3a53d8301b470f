// runner serve: webhooks, queue and pages in one process.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "runner/cli.h"
#include "runner/serve/config.h"
#include "runner/serve/make_parts.h"
#include "runner/serve/server.h"
#include "runner/stop_signals.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/clock.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace fs = std::filesystem;

fs::path DefaultConfig() {
  if (::geteuid() == 0) {
    return "/etc/runner/runner.yml";
  }
  if (const char* home = std::getenv("XDG_CONFIG_HOME"); home != nullptr && *home != '\0') {
    return fs::path(home) / "runner/runner.yml";
  }
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "/" : home) / ".config/runner/runner.yml";
}

void Log(const std::string& line) {
  const std::string text = runtime::base::FormatTime(std::chrono::system_clock::now()) + " " +
                           runtime::base::ForMessage(line) + "\n";
  std::fputs(text.c_str(), stderr);
}

int SayGood(const fs::path& path, const serve::Config& config) {
  std::printf("%s: good, %zu repositories\n", path.c_str(), config.repositories.size());
  return kExitPassed;
}

int Serve(const serve::Config& config, const fs::path& root) {
  const runtime::base::StateDir state = OpenState(root);
  const serve::EngineParts engine = serve::MakeEngineParts(state, config);
  const StopSignals signals;  // The first thread; the host is open.
  const auto http = runtime::base::MakeHttpTransport();
  const runtime::base::Clock clock;
  serve::Server server(
      config, state,
      {engine.run, engine.reader.get(), http.get(), Log, engine.read_schedule, &clock}, {});
  Log("listening on " + server.address());
  signals.Wait();
  Log("stopping");
  server.Stop();
  return kExitPassed;
}

}  // namespace

int ServeMain(std::vector<std::string> args) {
  fs::path path = DefaultConfig();
  bool check = false;
  CLI::Option* root = nullptr;
  return RunVerb(
      "serve", "Take webhooks, run pipelines, show results", std::move(args),
      [&](CLI::App& app) {
        app.add_option("--config", path, "Configuration file")->capture_default_str();
        app.add_flag("--check-config", check, "Only read the configuration and its secrets");
        root = app.get_option_no_throw("--root");
      },
      [&](const Globals& globals) {
        const serve::Config config = serve::LoadConfig(path);
        if (check) {
          return SayGood(path, config);
        }
        const bool root_given = root != nullptr && root->count() > 0;
        return Serve(config, config.root.empty() || root_given ? globals.root : config.root);
      });
}

}  // namespace runner
