// The default filter, interpreted instruction by instruction: what it answers to every call that
// matters, whatever the kernel under the test would do.
#include "runtime/container/seccomp_filter.h"

#include <gmock/gmock.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "runtime/base/files.h"
#include "tests/unit/container/filter_machine.h"

namespace runtime::container {
namespace {

using tests::kEnosys;
using tests::kEperm;
using tests::kNativeAbi;
using tests::kOtherAbi;
using tests::RunFilter;

constexpr uint32_t kNoFamily = SECCOMP_RET_ERRNO | EAFNOSUPPORT;
constexpr uint64_t kHighBit = uint64_t{1} << 32;

uint32_t Answer(long call, uint64_t first = 0, uint64_t second = 0, uint64_t third = 0) {
  return RunFilter(DefaultSeccompFilter(), {.nr = static_cast<int>(call),
                                            .arch = kNativeAbi,
                                            .instruction_pointer = 0,
                                            .args = {first, second, third, 0, 0, 0}});
}

TEST(SeccompFilter, RefusesWhatChangesTheKernelOrLooksIntoIt) {
  for (const long call : {
         // Modules, other kernels, tracing.
         SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_bpf,
             SYS_perf_event_open, SYS_userfaultfd, SYS_syslog, SYS_acct, SYS_kcmp,
             SYS_lookup_dcookie, SYS_fanotify_init,
             // Keys: not namespaced.
             SYS_keyctl, SYS_add_key, SYS_request_key,
             // Calls that other calls come through, unseen.
             SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
             // Mounts and namespaces.
             SYS_mount, SYS_umount2, SYS_pivot_root, SYS_fsopen, SYS_fsconfig, SYS_fsmount,
             SYS_fspick, SYS_open_tree, SYS_move_mount, SYS_mount_setattr, SYS_setns, SYS_unshare,
             SYS_sethostname, SYS_setdomainname, SYS_swapon, SYS_swapoff, SYS_quotactl,
             SYS_quotactl_fd, SYS_nfsservctl, SYS_vhangup,
             // Files past their paths (CVE-2014-9357), descriptors and memory of others.
             SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_pidfd_getfd, SYS_move_pages,
             SYS_migrate_pages, SYS_memfd_secret, SYS_vmsplice,
             // The clock.
             SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex,
#if defined(__x86_64__)
             SYS_iopl, SYS_ioperm, SYS_uselib, SYS_create_module, SYS_kexec_file_load,
#endif
       }) {
    EXPECT_EQ(Answer(call), kEperm) << call;
    EXPECT_EQ(Answer(call, ~0ULL, ~0ULL, ~0ULL), kEperm) << call;
  }
}

TEST(SeccompFilter, KnowsNothingElse) {
  for (const long call : {long{SYS_clone3}, 1000L, 9999L, 0x3FFFFFFFL}) {
    EXPECT_EQ(Answer(call), kEnosys) << call;
  }
#if defined(__x86_64__)
  for (const long call : {SYS_modify_ldt, SYS__sysctl, SYS_sysfs, SYS_tuxcall, SYS_afs_syscall}) {
    EXPECT_EQ(Answer(call), kEnosys) << call;
  }
#endif
}

TEST(SeccompFilter, LetsProgramsDoTheirWork) {
  for (const long call : {SYS_read, SYS_openat, SYS_execve, SYS_ptrace, SYS_process_vm_readv,
                          SYS_memfd_create, SYS_seccomp, SYS_landlock_create_ruleset, SYS_chroot}) {
    EXPECT_EQ(Answer(call), SECCOMP_RET_ALLOW) << call;
  }
}

TEST(SeccompFilter, KillsCallsOfOtherAbis) {
  seccomp_data data = {};
  data.nr = SYS_read;
  data.arch = kOtherAbi;
  EXPECT_EQ(RunFilter(DefaultSeccompFilter(), data), SECCOMP_RET_KILL_PROCESS);
#if defined(__x86_64__)
  EXPECT_EQ(Answer(0x40000000 | SYS_read), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(Answer(0x40000000 | 520), SECCOMP_RET_KILL_PROCESS);  // x32's own execve
  EXPECT_EQ(Answer(0x80000000L | SYS_read), SECCOMP_RET_KILL_PROCESS);
#endif
}

TEST(SeccompFilter, ClonesIntoNoNewNamespace) {
  constexpr uint64_t kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                               CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                               CLONE_CHILD_CLEARTID;
  EXPECT_EQ(Answer(SYS_clone, kThread), SECCOMP_RET_ALLOW);
  EXPECT_EQ(Answer(SYS_clone, SIGCHLD), SECCOMP_RET_ALLOW);
  for (const uint64_t flag : {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                              CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}) {
    EXPECT_EQ(Answer(SYS_clone, flag), kEnosys) << flag;
    EXPECT_EQ(Answer(SYS_clone, flag | kThread | kHighBit), kEnosys) << flag;
  }
}

TEST(SeccompFilter, HasFourSocketFamilies) {
  for (uint64_t family = 0; family < 300; ++family) {
    const bool ordinary =
        family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK;
    EXPECT_EQ(Answer(SYS_socket, family, SOCK_STREAM), ordinary ? SECCOMP_RET_ALLOW : kNoFamily)
        << family;
    // The kernel drops the high half of an int.
    EXPECT_EQ(Answer(SYS_socket, family | kHighBit, SOCK_STREAM), kNoFamily) << family;
  }
}

TEST(SeccompFilter, HasRoutingAloneOfNetlink) {
  EXPECT_EQ(Answer(SYS_socket, AF_NETLINK, SOCK_RAW, 0), SECCOMP_RET_ALLOW);
  for (uint64_t protocol = 1; protocol < 64; ++protocol) {
    EXPECT_EQ(Answer(SYS_socket, AF_NETLINK, SOCK_RAW, protocol), kNoFamily) << protocol;
    EXPECT_EQ(Answer(SYS_socket, AF_NETLINK, SOCK_RAW, protocol | kHighBit), kNoFamily);
  }
}

// TIPC has pairs too (CVE-2021-43267 was reached by its sockets).
TEST(SeccompFilter, MakesPairsOfLocalSocketsOnly) {
  for (uint64_t family = 0; family < 300; ++family) {
    EXPECT_EQ(Answer(SYS_socketpair, family, SOCK_STREAM),
              family == AF_UNIX ? SECCOMP_RET_ALLOW : kNoFamily)
        << family;
    EXPECT_EQ(Answer(SYS_socketpair, family | kHighBit, SOCK_STREAM), kNoFamily) << family;
  }
}

// CVE-2017-5226, and with high bits CVE-2019-10063.
TEST(SeccompFilter, PutsNothingIntoATerminalsInput) {
  for (const uint64_t request : {0x5412ULL, 0x541CULL}) {
    EXPECT_EQ(Answer(SYS_ioctl, 0, request), kEperm) << request;
    for (int bit = 32; bit < 64; ++bit) {
      EXPECT_EQ(Answer(SYS_ioctl, 0, request | uint64_t{1} << bit), kEperm) << bit;
    }
    for (int bit = 0; bit < 32; ++bit) {
      const uint64_t other = request ^ uint64_t { 1 } << bit;
      EXPECT_EQ(Answer(SYS_ioctl, 0, other), SECCOMP_RET_ALLOW) << other;
    }
  }
  for (uint64_t request = 0x5400; request < 0x5500; ++request) {
    const bool refused = request == 0x5412 || request == 0x541C;
    EXPECT_EQ(Answer(SYS_ioctl, 0, request), refused ? kEperm : SECCOMP_RET_ALLOW) << request;
  }
}

TEST(SeccompFilter, LeavesDebuggersOnePersonality) {
  EXPECT_EQ(Answer(SYS_personality, 0), SECCOMP_RET_ALLOW);
  EXPECT_EQ(Answer(SYS_personality, 0x0040000), SECCOMP_RET_ALLOW);  // ADDR_NO_RANDOMIZE
  EXPECT_EQ(Answer(SYS_personality, 0xFFFFFFFF), SECCOMP_RET_ALLOW);
  for (const uint64_t other : {0x0100000ULL, 0x0400000ULL, 0x0440000ULL, 8ULL, 0x20008ULL}) {
    EXPECT_EQ(Answer(SYS_personality, other), kEnosys) << other;
  }
}

// docs/security.md publishes the numbers.
TEST(SeccompFilter, AllowsAsManyCallsAsTheDocumentationSays) {
  constexpr uint64_t kAll = ~0ULL;
  int always = 0;
  int sometimes = 0;
  for (int call = 0; call < 512; ++call) {
    const uint32_t answers[] = {Answer(call), Answer(call, kAll, kAll, kAll), Answer(call, AF_UNIX),
                                Answer(call, 0, 0x5412)};
    const auto allowed =
        std::count(std::begin(answers), std::end(answers), uint32_t{SECCOMP_RET_ALLOW});
    always += allowed == std::ssize(answers) ? 1 : 0;
    sometimes += allowed > 0 && allowed < std::ssize(answers) ? 1 : 0;
  }
  const char* source = std::getenv("RUNNER_SOURCE");
  const std::string text = base::ReadFile(std::string(source) + "/docs/security.md");
  EXPECT_THAT(text, testing::HasSubstr("allows " + std::to_string(always) +
                                       " system calls whatever their arguments, and " +
                                       std::to_string(sometimes) + " more by their arguments"));
}

}  // namespace
}  // namespace runtime::container
