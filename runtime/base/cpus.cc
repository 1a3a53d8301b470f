#include "runtime/base/cpus.h"

#include <algorithm>

#include "runtime/base/error.h"

namespace runtime::base {

cpu_set_t UsableCpus() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  if (::sched_getaffinity(0, sizeof cpus, &cpus) != 0) {
    throw Error::FromErrno("ask for the processors of this process");
  }
  return cpus;
}

unsigned CountUsableCpus() {
  const cpu_set_t cpus = UsableCpus();
  return static_cast<unsigned>(std::max(CPU_COUNT(&cpus), 1));
}

}  // namespace runtime::base
