// Processors that this process may run on.
#pragma once

#include <sched.h>

namespace runtime::base {

// sched_getaffinity(2). CPU_COUNT() of it is what nproc(1) says.
cpu_set_t UsableCpus();
unsigned CountUsableCpus();  // 1 at least

}  // namespace runtime::base
