// Capabilities, users, and what of procfs, sysfs and cgroups is shut.
#include <gmock/gmock.h>

#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

using testing::HasSubstr;

class Privilege : public RunTest {};

constexpr char kCapabilities[] = "grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | cut -f2";

TEST_F(Privilege, RootHasDockersCapabilitiesAndNoneToInherit) {
  // Docker's fourteen: 00000000a80425fb.
  EXPECT_EQ(Text(kCapabilities),
            "0000000000000000\n00000000a80425fb\n00000000a80425fb\n"
            "00000000a80425fb\n0000000000000000");
}

TEST_F(Privilege, AUserHasNone) {
  EXPECT_EQ(Text({"-u", "1000"}, kCapabilities),
            "0000000000000000\n0000000000000000\n0000000000000000\n00000000a80425fb\n"
            "0000000000000000");
}

TEST_F(Privilege, CapabilitiesAreDroppedAndAddedByName) {
  EXPECT_EQ(Text({"--cap-drop", "ALL", "--cap-add", "CHOWN"}, kCapabilities),
            "0000000000000000\n0000000000000001\n0000000000000001\n0000000000000001\n"
            "0000000000000000");
  EXPECT_EQ(Shell({"--cap-add", "NO_SUCH"}, "true").code, 125);
  EXPECT_EQ(Shell({"--cap-add", "ALL"}, "true").code, 125);
}

TEST_F(Privilege, ASetUserIdFileGivesNothing) {
  MakeImage("setuid", "cp " + (build() / "tests/probe/container_probe").string() +
                          " bin/probe; chmod 4755 bin/probe");
  EXPECT_EQ(Run({}, {"probe", "effective-root"}, "setuid").text, "effective-root ok\n");
  EXPECT_EQ(Run({"-u", "1000"}, {"probe", "effective-root"}, "setuid").text,
            "effective-root EACCES\n");
}

TEST_F(Privilege, UserGroupAndHomeAreTheImages) {
  EXPECT_EQ(Text({"-u", "nobody"}, "id -u; id -g; echo $HOME"), "65534\n65534\n/");
  EXPECT_EQ(Text({"-u", "12:34"}, "id -u; id -g; id -G"), "12\n34\n34");
  EXPECT_EQ(Text("id -u; id -G; echo $HOME"), "0\n0\n/root");
}

TEST_F(Privilege, AUserOutsideOfTheContainersIdsIsAClearError) {
  for (const char* user : {"65536", "1:65536", "2147483647"}) {
    const Output output = Run({"-u", user}, {"id"});
    EXPECT_EQ(output.code, 125) << output.errors;
    EXPECT_THAT(output.errors, HasSubstr("65535"));
  }
  EXPECT_EQ(Text({"-u", "65535:65535"}, "id -u"), "65535");
}

TEST_F(Privilege, OddUsersAreRefused) {
  for (const char* user : {"-1", "4294967295", "0x0", " 1", "1:", ":1", "1000abc", ":",
                           "00000000000000000001x", "18446744073709551616"}) {
    const Output output = Run({"--user=" + std::string(user)}, {"id", "-u"});
    EXPECT_EQ(output.code, 125) << user << output.text << output.errors;
  }
}

TEST_F(Privilege, MoreGroupsThanAnOldKernelTook) {
  std::string groups;
  for (int i = 0; i < 100; ++i) {
    groups += "echo g" + std::to_string(i) + ":x:" + std::to_string(3000 + i) + ":u >> etc/group\n";
  }
  MakeImage("groups", "echo u:x:1000:1000::/:/bin/sh >> etc/passwd\n" + groups);
  const Output output =
      Run({"-u", "u"}, {"sh", "-c", "grep Groups: /proc/self/status | wc -w"}, "groups");
  EXPECT_EQ(output.text, "101\n") << output.errors;
}

TEST_F(Privilege, MaskedFilesAreEmptyAndMaskedDirectoriesToo) {
  EXPECT_EQ(
      Text("for f in kcore keys kallsyms timer_list timer_stats interrupts sched_debug "
           "latency_stats modules config.gz kpagecount kpageflags kpagecgroup; do "
           "[ ! -e /proc/$f ] || [ \"$(head -c 10 /proc/$f | wc -c)\" = 0 ] || echo $f; done"),
      "");
  EXPECT_EQ(Text("for d in /proc/acpi /proc/scsi /proc/asound /sys/firmware /sys/kernel /sys/fs "
                 "/sys/devices/virtual/powercap; do [ ! -e $d ] || ls -A $d; done"),
            "");
}

TEST_F(Privilege, KernelSettingsAreReadOnly) {
  for (const char* path : {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
                           "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger", "/proc/irq/x",
                           "/proc/bus/x", "/proc/fs/x", "/sys/x", "/sys/class/net/lo/mtu"}) {
    EXPECT_EQ(
        Text(std::string("echo 1 2>/dev/null > ") + path + " && echo written || echo refused"),
        "refused")
        << path;
  }
  EXPECT_THAT(Text("grep ' /proc/sys ' /proc/self/mounts"), HasSubstr(" ro,"));
  EXPECT_THAT(Text("grep ' /sys ' /proc/self/mounts"), HasSubstr(" ro,"));
}

TEST_F(Privilege, NoFileOfTheCgroupsCanBeWritten) {
  EXPECT_EQ(Text("find /sys -name 'cgroup.procs' 2>/dev/null; ls -A /sys/fs; "
                 "grep -c '^cgroup' /proc/self/mounts || true"),
            "0");
  EXPECT_EQ(Text("cut -d: -f3 /proc/self/cgroup | sort -u"), "/");
}

TEST_F(Privilege, NoDiskCanBeMadeOrOpened) {
  EXPECT_EQ(Probe({}, {"disk"}), "disk EPERM\n");
  EXPECT_EQ(Text("find /dev -type b | wc -l"), "0");
  EXPECT_EQ(Text("ls /dev"),
            "fd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\n"
            "zero");
}

}  // namespace
}  // namespace tests
