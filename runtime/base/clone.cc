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
    // Its notes of the other threads are copied too; nobody in the child races with those. (After
    // fork(2) it forgets them itself.)
    __tsan_ignore_thread_begin();
  }
#endif
  return child;
}

}  // namespace runtime::base
