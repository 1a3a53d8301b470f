#include "runtime/container/seccomp_filter.h"

extern "C" const sock_filter runner_seccomp_begin[];
extern "C" const sock_filter runner_seccomp_end[];

namespace runtime::container {

std::span<const sock_filter> DefaultSeccompFilter() {
  return {runner_seccomp_begin, static_cast<size_t>(runner_seccomp_end - runner_seccomp_begin)};
}

}  // namespace runtime::container
