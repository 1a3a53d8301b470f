// What the default filter answers. Each refusal is also seen to be the filter's: without it the
// kernel answers otherwise.
#include <gmock/gmock.h>

#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class Seccomp : public RunTest {};

TEST_F(Seccomp, RefusesWhatReachesTheKernelsDangerousParts) {
  EXPECT_EQ(Probe({}, {"unshare-user", "unshare-mount", "setns", "mount", "umount", "fsopen",
                       "open-tree", "pivot-root", "keyctl", "add-key", "bpf", "userfaultfd",
                       "io-uring", "perf", "handle", "sethostname"}),
            "unshare-user EPERM\nunshare-mount EPERM\nsetns EPERM\nmount EPERM\numount EPERM\n"
            "fsopen EPERM\nopen-tree EPERM\npivot-root EPERM\nkeyctl EPERM\nadd-key EPERM\n"
            "bpf EPERM\nuserfaultfd EPERM\nio-uring EPERM\nperf EPERM\nhandle EPERM\n"
            "sethostname EPERM\n");
}

TEST_F(Seccomp, IsWhatRefusesThem) {
  EXPECT_EQ(Probe({"--security-opt", "seccomp=unconfined"},
                  {"unshare-user", "io-uring", "add-key", "clone3", "clone-user"}),
            "unshare-user ok\nio-uring ok\nadd-key ok\nclone3 ok\nclone-user ok\n");
}

TEST_F(Seccomp, LetsLibrariesFallBackWhereACallIsUnknown) {
  EXPECT_EQ(Probe({}, {"clone3", "clone-user", "clone-plain", "no-such-call"}),
            "clone3 ENOSYS\nclone-user ENOSYS\nclone-plain ok\nno-such-call ENOSYS\n");
}

TEST_F(Seccomp, AllowsOrdinarySocketFamiliesOnly) {
  EXPECT_EQ(Probe({}, {"alg", "alg-high", "vsock", "packet", "netfilter", "route", "inet", "unix"}),
            "alg EAFNOSUPPORT\nalg-high EAFNOSUPPORT\nvsock EAFNOSUPPORT\npacket EAFNOSUPPORT\n"
            "netfilter EAFNOSUPPORT\nroute ok\ninet ok\nunix ok\n");
}

TEST_F(Seccomp, RefusesTerminalInjectionWithHighBitsToo) {
  EXPECT_EQ(Probe({}, {"sti", "sti-high", "linux-ioctl", "linux-ioctl-high", "window-ioctl"}),
            "sti EPERM\nsti-high EPERM\nlinux-ioctl EPERM\nlinux-ioctl-high EPERM\n"
            "window-ioctl ENOTTY\n");
  EXPECT_EQ(Probe({"--security-opt", "seccomp=unconfined"}, {"sti", "sti-high"}),
            "sti ENOTTY\nsti-high ENOTTY\n");
}

TEST_F(Seccomp, KillsCallsOfOtherAbis) {
  // A kernel without 32-bit calls kills before any filter is asked.
  EXPECT_THAT(Probe({}, {"i386", "x32"}),
              ::testing::AnyOf("i386 SYS\nx32 SYS\n", "i386 SEGV\nx32 SYS\n"));
  EXPECT_THAT(Probe({"--security-opt", "seccomp=unconfined"}, {"i386", "x32"}),
              Not(HasSubstr(" SYS\n")));
}

TEST_F(Seccomp, LeavesDebuggersTheirPtrace) {
  EXPECT_EQ(Probe({}, {"trace-child"}), "trace-child ok\n");
  EXPECT_EQ(Probe({"-u", "1000"}, {"trace-child"}), "trace-child ok\n");
}

TEST_F(Seccomp, FilterAndNoNewPrivilegesAreOnAndStayOn) {
  EXPECT_EQ(Text("grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status"),
            "NoNewPrivs:\t1\nSeccomp:\t2");
  EXPECT_EQ(Text({"--security-opt", "seccomp=unconfined"},
                 "grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status"),
            "NoNewPrivs:\t1\nSeccomp:\t0");
}

}  // namespace
}  // namespace tests
