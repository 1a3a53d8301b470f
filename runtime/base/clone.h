// CloneCopy: a child that is a copy of the caller, as fork(2) makes it, with the flags of
// clone3(2).
#pragma once

#include <sys/types.h>

struct clone_args;

namespace runtime::base {

// 0 in the child, which has the calling thread alone; -1 with errno set where there is none. Unlike
// after fork(2), nobody cares for locks that other threads had: where the caller has any, the child
// must not allocate or take a lock. `arguments` has no CLONE_VM.
pid_t CloneCopy(clone_args& arguments);

}  // namespace runtime::base
