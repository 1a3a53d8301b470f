// runner container port: which ports of the host lead to a container.
#include <cstdio>
#include <string>
#include <vector>

#include "runner/cli.h"
#include "runner/port_view.h"
#include "runner/refuse.h"
#include "runner/verbs/container_verbs.h"
#include "runtime/base/error.h"
#include "runtime/lifecycle/store.h"

namespace runner {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::network::PublishedPort;

// "80", "80/tcp": as docker, one of the container's.
PublishedPort ParseInside(const std::string& text) {
  const std::vector<PublishedPort> ports = PublishedPort::Parse(text);
  if (ports.size() != 1 || text.find(':') != std::string::npos) {
    Refuse("container port", text, "a port of the container, such as 80 or 53/udp");
  }
  return ports.front();
}

int Print(const runtime::lifecycle::Kept& kept, const std::string& wanted) {
  std::vector<PublishedPort> ports = LivePorts(kept);
  if (wanted.empty()) {
    for (const PublishedPort& port : ports) {
      for (const std::string& side : HostSides(port)) {
        std::printf("%s -> %s\n", port.Inside().c_str(), side.c_str());
      }
    }
    return kExitPassed;
  }
  const std::string inside = ParseInside(wanted).Inside();
  std::erase_if(ports, [&](const PublishedPort& port) { return port.Inside() != inside; });
  if (ports.empty()) {
    throw Error(ErrorKind::kNotFound, "container " + kept.name + ": no port of the host leads to " +
                                          inside + " (see: runner container port " + kept.name +
                                          ")");
  }
  for (const PublishedPort& port : ports) {
    for (const std::string& side : HostSides(port)) {
      std::puts(side.c_str());
    }
  }
  return kExitPassed;
}

}  // namespace

int ContainerPortMain(std::vector<std::string> args) {
  std::string name;
  std::string port;
  return RunVerb(
      "container port", "Shows which ports of the host lead to a container", std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", name, "Name, id or first digits")->required();
        app.add_option("PORT", port, "Only where this port of the container is, such as 80/tcp");
      },
      [&](const Globals& globals) {
        const runtime::lifecycle::Store store{OpenState(globals.root)};
        return Print(store.Get(name), port);
      });
}

}  // namespace runner
