// runner container create, start and restart.
#include <cstdio>
#include <optional>
#include <utility>

#include "runner/cli.h"
#include "runner/container_control.h"
#include "runner/verbs/container_verbs.h"
#include "runner/verbs/kept_container.h"
#include "runtime/base/error.h"

namespace runner {
namespace {

namespace lifecycle = runtime::lifecycle;
using lifecycle::LifeLock;
using lifecycle::Store;
using runtime::base::Error;
using runtime::base::ErrorKind;

struct StartOptions {
  std::vector<std::string> names;
  bool attach = false;
  bool interactive = false;
  std::string detach_keys;
};

int StartOne(const Store& store, const StartOptions& options) {
  const lifecycle::Kept kept = store.Get(options.names.front());
  std::optional<LifeLock> lock = store.Take(kept.config.id);
  if (!lock) {
    throw Error(ErrorKind::kExists, "container " + kept.name + " runs already; attach to it");
  }
  return StartAttached(store, kept.config.id, *std::move(lock),
                       {.terminal = kept.config.spec.terminal,
                        .input = options.interactive && kept.config.open_input,
                        .detach_keys = options.detach_keys});
}

int Start(const Store& store, const StartOptions& options) {
  if (options.attach || options.interactive) {
    if (options.names.size() > 1) {
      throw Error(ErrorKind::kUsage, "start --attach takes one container");
    }
    return StartOne(store, options);
  }
  int failed = kExitPassed;
  const int code =
      ForEach(store, options.names, [&](const std::string& name, const std::string& id) {
        if (std::optional<LifeLock> lock = store.Take(id)) {
          failed = std::max(failed, StartDetached(store, id, *std::move(lock)));
        }
        if (failed == kExitPassed) {
          std::puts(name.c_str());
        }
      });
  return failed != kExitPassed ? failed : code;
}

}  // namespace

int ContainerCreateMain(std::vector<std::string> args) {
  RunOptions options;
  KeepOptions keep;
  return RunVerb(
      "container create", "Makes a container of an image, to be started later; prints its id",
      std::move(args),
      [&](CLI::App& app) {
        options.Declare(app);
        keep.Declare(app);
        app.footer("Usage: runner container create [OPTIONS] IMAGE [COMMAND [ARGUMENT...]]");
      },
      [&](const Globals& globals) {
        options.Finish();
        keep.Finish();
        int code = kExitPassed;
        if (const auto made =
                MakeKept(options, keep, Store(OpenState(globals.root)), globals, code)) {
          std::puts(made->id.c_str());
        }
        return code;
      },
      kContainerFailureCodes);
}

int ContainerStartMain(std::vector<std::string> args) {
  StartOptions options;
  return RunVerb(
      "container start", "Starts containers that don't run, with the files they left",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", options.names, "Name, id or first digits")->required();
        app.add_flag("-a,--attach", options.attach, "Show its output, end with its exit code");
        app.add_flag("-i,--interactive", options.interactive, "The same, with our standard input");
        app.add_option("--detach-keys", options.detach_keys, "Keys that leave it (ctrl-p,ctrl-q)");
      },
      [&](const Globals& globals) { return Start(Store(OpenState(globals.root)), options); });
}

int ContainerRestartMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  int seconds = -1;
  return RunVerb(
      "container restart", "Stops containers and starts them again", std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", names, "Name, id or first digits")->required();
        app.add_option("-t,--time", seconds, "Seconds between stop signal and kill");
      },
      [&](const Globals& globals) {
        const Store store(OpenState(globals.root));
        return ForEach(store, names, [&](const std::string& name, const std::string& id) {
          if (store.Get(id).config.remove_at_end) {
            throw Error(ErrorKind::kUsage, "container " + name + " is removed when it is stopped");
          }
          std::optional<LifeLock> lock;
          while (!(lock = store.Take(id))) {
            AwaitEnd(
                store, id,
                {.order = lifecycle::Order::kStop, .number = seconds < 0 ? -1 : seconds * 1000});
          }
          if (StartDetached(store, id, *std::move(lock)) == 0) {
            std::puts(name.c_str());
          }
        });
      });
}

}  // namespace runner
