#include "runner/foreground.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "runner/output_relay.h"
#include "runner/signal_relay.h"
#include "runner/terminal_relay.h"

namespace runner {
namespace container = runtime::container;

container::ContainerEnd RunInForeground(container::Host& host, const container::ContainerSpec& spec,
                                        bool input) {
  const BlockedSignals signals;  // From here on they are the container's.
  const runtime::base::UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  OutputRelay out(STDOUT_FILENO, !spec.terminal);
  OutputRelay err(STDERR_FILENO, !spec.terminal);
  container::Container running = container::Container::Start(
      host, spec, {.in = input ? STDIN_FILENO : nothing.get(), .out = out.fd(), .err = err.fd()});
  out.Begin();
  err.Begin();
  SignalRelay relay(running);
  std::optional<TerminalRelay> terminal;
  if (spec.terminal && running.terminal() >= 0) {
    terminal.emplace(running.terminal(), input);
  }
  return running.Wait({}, relay.Watched());
}

void Explain(const container::ContainerEnd& end) {
  const bool plain = std::holds_alternative<container::Exited>(end.status) ||
                     std::holds_alternative<container::Signaled>(end.status);
  const std::string limits = container::DescribeLimits(end);
  if (!plain || !limits.empty()) {
    std::fprintf(stderr, "runner: %s%s%s\n", container::Describe(end.status).c_str(),
                 limits.empty() ? "" : "; ", limits.c_str());
  }
}

}  // namespace runner
