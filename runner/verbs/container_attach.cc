// runner container attach, pause and unpause.
#include <cstdio>
#include <utility>

#include "runner/cli.h"
#include "runner/container_control.h"
#include "runner/signal_relay.h"
#include "runner/verbs/container_verbs.h"
#include "runner/verbs/kept_container.h"

namespace runner {
namespace {

namespace lifecycle = runtime::lifecycle;
using lifecycle::Order;
using lifecycle::Store;

int CallEach(const std::string& verb, const std::string& description, Order order,
             std::vector<std::string> args) {
  std::vector<std::string> names;
  return RunVerb(
      "container " + verb, description, std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", names, "Name, id or first digits")->required();
      },
      [&](const Globals& globals) {
        const Store store(OpenState(globals.root));
        return ForEach(store, names, [&](const std::string& name, const std::string& id) {
          lifecycle::Call(ConnectToRunning(store, id).get(), {.order = order});
          std::puts(name.c_str());
        });
      });
}

}  // namespace

int ContainerAttachMain(std::vector<std::string> args) {
  std::string name;
  AttachChoice choice;
  bool no_input = false;
  return RunVerb(
      "container attach", "Joins our standard streams and a running container's", std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", name, "Name, id or first digits")->required();
        app.add_flag("--no-stdin", no_input, "Only its output");
        app.add_option("--detach-keys", choice.detach_keys, "Keys that leave it (ctrl-p,ctrl-q)");
        app.add_flag("--sig-proxy", choice.signals, "Pass our signals on (default)");
      },
      [&](const Globals& globals) {
        const Store store(OpenState(globals.root));
        const lifecycle::Kept kept = store.Get(name);
        choice.terminal = kept.config.spec.terminal;
        choice.input = kept.config.open_input && !no_input;
        const runtime::base::UniqueFd monitor = ConnectToRunning(store, kept.config.id);
        const BlockedSignals signals;  // From here on they are the container's.
        AttachRelay relay(monitor.get(), choice);
        relay.Attach();
        return Conclude(store, kept.config.id, relay.Run());
      },
      kContainerFailureCodes);
}

int ContainerPauseMain(std::vector<std::string> args) {
  return CallEach("pause", "Makes everything in containers stand still", Order::kPause,
                  std::move(args));
}

int ContainerUnpauseMain(std::vector<std::string> args) {
  return CallEach("unpause", "Lets paused containers go on", Order::kUnpause, std::move(args));
}

}  // namespace runner
