#include "runtime/base/clone.h"

#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#ifdef __SANITIZE_THREAD__
// Of the sanitizer's library, which has no header for it.
extern "C" void __tsan_ignore_thread_begin();
#endif

namespace runtime::base {

namespace {

// Profiles for containers answer ENOSYS to clone3, whose flags they can't see (docker's seccomp
// profile): what clone(2) can do is asked of that then.
pid_t Clone(clone_args& arguments) {
  const long child = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  const uint64_t flags = arguments.flags | arguments.exit_signal;
  if (child >= 0 || errno != ENOSYS || flags > UINT32_MAX) {
    return static_cast<pid_t>(child);
  }
  // There one argument is the place for either.
  const uint64_t place = (flags & CLONE_PIDFD) != 0 ? arguments.pidfd : arguments.parent_tid;
  return static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, place, 0, 0));
}

}  // namespace

pid_t CloneCopy(clone_args& arguments) {
  const pid_t child = Clone(arguments);
#ifdef __SANITIZE_THREAD__
  if (child == 0) {
    // Its notes of the other threads are copied too; nobody in the child races with those. After
    // fork(2) it forgets them itself, but it may start a thread of its own in the child, which then
    // can't enter a user namespace (setns(2)).
    __tsan_ignore_thread_begin();
  }
#endif
  return child;
}

void EndCopy(int code) {
  // Not by the C library's name, where a sanitizer would look whether all it ignores has ended.
  while (true) {
    ::syscall(SYS_exit_group, code);
  }
}

}  // namespace runtime::base
