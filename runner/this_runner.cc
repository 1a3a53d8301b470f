#include "runner/this_runner.h"

#include <sys/utsname.h>

#include <span>

#include "runtime/base/cpus.h"
#include "runtime/base/digest.h"
#include "runtime/container/seccomp_filter.h"

namespace runner {

reports::RunnerRecord ThisRunner() {
  reports::RunnerRecord runner;
  runner.version = RUNNER_VERSION;
  utsname host = {};
  ::uname(&host);
  runner.kernel = host.release;
  runner.machine = host.machine;
  runner.cpus = runtime::base::CountUsableCpus();
  const std::span<const sock_filter> filter = runtime::container::DefaultSeccompFilter();
  runner.seccomp =
      runtime::base::Digest::Of({reinterpret_cast<const char*>(filter.data()), filter.size_bytes()})
          .ToString();
  return runner;
}

}  // namespace runner
