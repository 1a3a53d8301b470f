#include "runtime/base/clone.h"

#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __SANITIZE_THREAD__
// Of the sanitizer's library, which has no header for it.
extern "C" void __tsan_ignore_thread_begin();
#endif

namespace runtime::base {

pid_t CloneCopy(clone_args& arguments) {
  const auto child = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
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
