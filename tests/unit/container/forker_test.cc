#include "runtime/container/forker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"

namespace runtime::container {
namespace {

using base::Pipe;

class ForkerTest : public testing::TestWithParam<Forker::Way> {
 protected:
  static int ExitCodeOf(pid_t child) {
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  Forker forker_{GetParam()};
};

// Ends with the byte that comes.
void ExitByByte(void* pipe) {
  char byte = 0;
  [[maybe_unused]] const ssize_t n = ::read(static_cast<Pipe*>(pipe)->read.get(), &byte, 1);
  ::_exit(byte);
}

TEST_P(ForkerTest, TheCallerGoesOnBesideTheChild) {
  Pipe pipe = base::MakePipe();
  const Forker::Birth birth(forker_, 0, ExitByByte, &pipe);
  ASSERT_EQ(::write(pipe.write.get(), "\7", 1), 1);
  EXPECT_EQ(ExitCodeOf(birth.pid()), 7);
}

TEST_P(ForkerTest, ThePidfdIsTheChilds) {
  Pipe pipe = base::MakePipe();
  Forker::Birth birth(forker_, 0, ExitByByte, &pipe);
  const base::UniqueFd pidfd = birth.TakePidfd();
  ASSERT_EQ(::write(pipe.write.get(), "\0", 1), 1);
  siginfo_t info = {};
  ASSERT_EQ(::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &info, WEXITED), 0);
  EXPECT_EQ(info.si_pid, birth.pid());
}

TEST_P(ForkerTest, SeveralChildrenRunAtOnce) {
  Pipe pipe = base::MakePipe();
  std::vector<std::unique_ptr<Forker::Birth>> births;
  for (int i = 0; i < 4; ++i) {
    births.push_back(std::make_unique<Forker::Birth>(forker_, 0, ExitByByte, &pipe));
  }
  ASSERT_EQ(::write(pipe.write.get(), "\1\1\1\1", 4), 4);
  for (const std::unique_ptr<Forker::Birth>& birth : births) {
    EXPECT_EQ(ExitCodeOf(birth->pid()), 1);
  }
}

TEST_P(ForkerTest, TheChildExecutesWhatItWants) {
  pid_t child = -1;
  {
    const Forker::Birth birth(
        forker_, 0,
        [](void*) {
          char name[] = "sh";
          char option[] = "-c";
          char script[] = "exit 3";
          char* argv[] = {name, option, script, nullptr};
          ::execv("/bin/sh", argv);
          ::_exit(1);
        },
        nullptr);
    child = birth.pid();
  }
  EXPECT_EQ(ExitCodeOf(child), 3);
}

TEST_P(ForkerTest, AllSignalsAreBlockedInTheChildAndNoneInTheCaller) {
  const Forker::Birth birth(
      forker_, 0,
      [](void*) {
        sigset_t mask;
        ::sigprocmask(SIG_SETMASK, nullptr, &mask);
        ::_exit(::sigismember(&mask, SIGTERM) == 1 && ::sigismember(&mask, SIGHUP) == 1 ? 0 : 1);
      },
      nullptr);
  EXPECT_EQ(ExitCodeOf(birth.pid()), 0);
  sigset_t mask;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  EXPECT_EQ(::sigismember(&mask, SIGTERM), 0);
}

TEST_P(ForkerTest, WhatTheKernelRefusesIsAnError) {
  try {
    const Forker::Birth birth(
        forker_, CLONE_NEWUSER | CLONE_FS, [](void*) { ::_exit(0); }, nullptr);
    FAIL() << "it was made";
  } catch (const base::Error& e) {
    EXPECT_NE(e.errno_value(), 0);  // EINVAL, but for what a container's profile refuses before
  }
}

// From now on this process opens no descriptor of another one.
void RefusePidfds() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EMFILE),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {std::size(code), code};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    ::_exit(2);
  }
}

TEST_P(ForkerTest, LeavesNoChildWhereThereIsNoDescriptorForIt) {
  const auto attempt = [this] {
    RefusePidfds();
    Pipe pipe = base::MakePipe();
    try {
      const Forker::Birth birth(forker_, 0, ExitByByte, &pipe);
    } catch (const base::Error& e) {
      const bool nobody = ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
      ::_exit(e.errno_value() == EMFILE && nobody ? 0 : 1);
    }
    ::_exit(1);
  };
  EXPECT_EXIT(attempt(), testing::ExitedWithCode(0), "");
}

// Else it would die before it could be used (PR_SET_PDEATHSIG).
TEST(ForkerThreads, AChildOutlivesTheThreadThatAskedForIt) {
  Forker forker(Forker::Way::kShared);
  Pipe pipe = base::MakePipe();
  pid_t child = -1;
  std::thread([&] {
    const Forker::Birth birth(
        forker, 0,
        [](void* asked) {
          ::prctl(PR_SET_PDEATHSIG, SIGKILL);
          ::dup2(static_cast<Pipe*>(asked)->read.get(), STDIN_FILENO);
          char name[] = "sh";
          char option[] = "-c";
          char script[] = "read line; exit 5";
          char* argv[] = {name, option, script, nullptr};
          ::execv("/bin/sh", argv);
          ::_exit(1);
        },
        &pipe);
    child = birth.pid();
  }).join();
  ASSERT_EQ(::write(pipe.write.get(), "go\n", 3), 3);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

INSTANTIATE_TEST_SUITE_P(Ways, ForkerTest,
                         testing::Values(Forker::Way::kShared, Forker::Way::kCopied),
                         [](const testing::TestParamInfo<Forker::Way>& way) {
                           return way.param == Forker::Way::kShared ? "Shared" : "Copied";
                         });

}  // namespace
}  // namespace runtime::container
