// CloneCopy: a child that is a copy of the caller, as fork(2) makes it, by the bare system call:
// with the flags of clone3(2), and without what the C library and sanitizers do at a fork.
#pragma once

#include <sys/types.h>

struct clone_args;

namespace runtime::base {

// 0 in the child, which has the calling thread alone; -1 with errno set where there is none. Nobody
// cares for locks that other threads had: where the caller has any, the child must not allocate or
// take a lock. `arguments` has no CLONE_VM.
pid_t CloneCopy(clone_args& arguments);

// Ends such a child, unless it executes another program: _exit(2).
[[noreturn]] void EndCopy(int code);

}  // namespace runtime::base
