// runner container stop, kill, wait, rm, prune and rename.
#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>

#include "runner/cli.h"
#include "runner/container_control.h"
#include "runner/verbs/container_verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/signal_name.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace lifecycle = runtime::lifecycle;
using lifecycle::LifeLock;
using lifecycle::Order;
using lifecycle::Store;
using runtime::base::Error;
using runtime::base::ErrorKind;

constexpr char kNames[] = "Name, id or first digits of a container";

// A stop in seconds as the request has it.
int Milliseconds(int seconds) {
  constexpr int kMost = 24 * 3600;
  if (seconds > kMost) {
    throw Error(ErrorKind::kUsage, "--time: expected at most a day");
  }
  return seconds < 0 ? -1 : seconds * 1000;
}

bool Exists(const Store& store, const std::string& name) {
  try {
    store.Find(name);
    return true;
  } catch (const Error& e) {
    return e.kind() != ErrorKind::kNotFound;
  }
}

void Remove(const Store& store, const std::string& name, const std::string& id, bool force,
            bool with_volumes) {
  std::optional<LifeLock> lock;
  while (!(lock = store.Take(id))) {
    if (!force) {
      throw Error(ErrorKind::kUnavailable,
                  "container " + name + " is running; stop it first, or remove it with --force");
    }
    AwaitEnd(store, id, {.order = Order::kStop, .number = 0});
    if (!store.Load(id)) {
      return;  // It goes with its end (--rm).
    }
  }
  store.Remove(id, with_volumes);
}

}  // namespace

int ContainerStopMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  int seconds = -1;
  return RunVerb(
      "container stop", "Stops containers: their stop signal, then a kill", std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", names, kNames)->required();
        app.add_option("-t,--time", seconds, "Seconds between the two (default: the container's)");
      },
      [&](const Globals& globals) {
        const Store store(OpenState(globals.root));
        return ForEach(store, names, [&](const std::string& name, const std::string& id) {
          AwaitEnd(store, id, {.order = Order::kStop, .number = Milliseconds(seconds)});
          std::puts(name.c_str());
        });
      });
}

int ContainerKillMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  std::string signal = "KILL";
  return RunVerb(
      "container kill", "Sends containers a signal; SIGKILL ends all that is in them",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", names, kNames)->required();
        app.add_option("-s,--signal", signal, "Name or number (default KILL)");
      },
      [&](const Globals& globals) {
        const int number = runtime::base::SignalNumber(signal);
        // PID 1 is ours: it would be stopped and not the program.
        if (number == 0 || number == SIGSTOP) {
          throw Error(ErrorKind::kUsage, "--signal " + runtime::base::ForMessage(signal) +
                                             ": expected a name such as HUP or a number, but not "
                                             "STOP (see: runner container pause)");
        }
        const Store store(OpenState(globals.root));
        return ForEach(store, names, [&](const std::string& name, const std::string& id) {
          const runtime::base::UniqueFd monitor = ConnectToRunning(store, id);
          lifecycle::Call(monitor.get(), {.order = Order::kSignal, .number = number});
          std::puts(name.c_str());
        });
      });
}

int ContainerWaitMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  return RunVerb(
      "container wait", "Waits for the end of containers and prints their exit codes",
      std::move(args),
      [&](CLI::App& app) { app.add_option("CONTAINER", names, kNames)->required(); },
      [&](const Globals& globals) {
        const Store store(OpenState(globals.root));
        return ForEach(store, names, [&](const std::string&, const std::string& id) {
          std::printf("%d\n", AwaitEnd(store, id, {.order = Order::kWait}));
          std::fflush(stdout);
        });
      });
}

int ContainerRmMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  bool force = false;
  bool volumes = false;
  return RunVerb(
      "container rm", "Removes containers with their files and logs", std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", names, kNames)->required();
        app.add_flag("-f,--force", force, "Kill those that run; those that aren't there are fine");
        app.add_flag("-v,--volumes", volumes,
                     "And the volumes that were made for them alone; never a named one");
      },
      [&](const Globals& globals) {
        const Store store(OpenState(globals.root));
        if (force) {
          std::erase_if(names, [&](const std::string& name) { return !Exists(store, name); });
        }
        return ForEach(store, names, [&](const std::string& name, const std::string& id) {
          Remove(store, name, id, force, volumes);
          std::puts(name.c_str());
        });
      });
}

int ContainerPruneMain(std::vector<std::string> args) {
  bool force = false;
  return RunVerb(
      "container prune", "Removes every container that doesn't run", std::move(args),
      [&](CLI::App& app) { app.add_flag("-f,--force", force, "Don't ask: required"); },
      [&](const Globals& globals) {
        if (!force) {
          throw Error(ErrorKind::kUsage,
                      "container prune: it removes every container that doesn't run, with its "
                      "files, for good; say --force if that is meant");
        }
        const Store store(OpenState(globals.root));
        for (const std::string& id : store.List()) {
          const std::optional<lifecycle::Kept> kept = store.Load(id);
          const std::optional<LifeLock> lock =
              kept && !lifecycle::IsAlive(kept->state.status) ? store.Take(id) : std::nullopt;
          if (lock) {
            store.Remove(id, false);
            std::puts(id.c_str());
          }
        }
        return kExitPassed;
      });
}

int ContainerRenameMain(std::vector<std::string> args) {
  std::string container;
  std::string name;
  return RunVerb(
      "container rename", "Gives a container another name", std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", container, kNames)->required();
        app.add_option("NAME", name, "Its new name")->required();
      },
      [&](const Globals& globals) {
        const Store store(OpenState(globals.root));
        store.Rename(store.Find(container), name);
        return kExitPassed;
      });
}

}  // namespace runner
