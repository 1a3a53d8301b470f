#include "runner/local_host.h"

#include "runner/run_layers.h"
#include "runtime/container/container_directory.h"
#include "runtime/lifecycle/store.h"

namespace runner {

std::unique_ptr<runtime::container::Host> OpenSweptHost(const runtime::base::StateDir& state) {
  std::unique_ptr<runtime::container::Host> host = runtime::container::Host::Open(state);
  runtime::container::SweepLeftovers(state, host->cgroups());
  runtime::lifecycle::Store(state).Sweep();
  RunLayers::Sweep(state);
  return host;
}

}  // namespace runner
