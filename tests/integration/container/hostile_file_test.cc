// Files that promise their user more than a container may have, and images that ask for it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <map>

#include "runtime/base/digest.h"
#include "tests/integration/container/library_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

using HostileFile = RunTest;
using LibraryHostileFile = LibraryTest;

// Not even of those that root of the container has (capabilities(7), "File capabilities").
TEST_F(LibraryHostileFile, WithCapabilitiesGivesNone) {
  const fs::path layer = MakeDirectory("state/capable");
  fs::copy_file(scratch() / "busybox/bin/busybox", layer / "busybox",
                fs::copy_options::overwrite_existing);
  vfs_cap_data capabilities = {};
  capabilities.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
  capabilities.data[0].permitted = 1u << CAP_NET_RAW | 1u << CAP_CHOWN;
  ASSERT_EQ(::setxattr((layer / "busybox").c_str(), "security.capability", &capabilities,
                       XATTR_CAPS_SZ_2, 0),
            0);
  ASSERT_EQ(::chmod((layer / "busybox").c_str(), 0755), 0);
  const container::ContainerDirectory directory(*host_);
  container::ContainerSpec spec = Spec(directory, "");
  spec.argv = {"/busybox", "grep", "CapEff", "/proc/self/status"};
  spec.user = {1000, 1000, {}};
  spec.capabilities = container::DefaultCapabilities();
  spec.rootfs.lower.push_back(layer);
  const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  EXPECT_EQ(OutputOf(spec, null.get()), "CapEff:\t0000000000000000\n");
}

// What several containers share belongs to none (CVE-2022-0847 changed such pages).
TEST_F(HostileFile, OfALayerBelowIsNeverChanged) {
  const auto digests = [] {
    std::map<std::string, std::string> all;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(state() / "layers")) {
      if (entry.is_regular_file() && !entry.is_symlink()) {
        all[entry.path()] = base::Digest::Of(base::ReadFile(entry.path())).ToString();
      }
    }
    return all;
  };
  const std::map<std::string, std::string> before = digests();
  ASSERT_FALSE(before.empty());
  Text(
      "for f in /bin/* /etc/*; do [ -f $f ] && [ ! -L $f ] && echo x >>$f; done; "
      "rm -rf /etc/passwd /lib; chmod 777 /bin/busybox 2>/dev/null; "
      "dd if=/dev/zero of=/etc/group bs=1 count=3 conv=notrunc 2>/dev/null; true");
  EXPECT_EQ(digests(), before);
}

// CVE-2026-53488: other runtimes read these.
TEST_F(HostileFile, LabelsOfAnImageMeanNothing) {
  MakeImage("labels", "true",
            {"LABEL io.containers.capabilities=SYS_ADMIN,NET_ADMIN",
             "LABEL io.podman.annotations.privileged=TRUE",
             "LABEL run=\"docker run --privileged -v /:/host IMAGE\"",
             "LABEL io.podman.annotations.seccomp=unconfined",
             "LABEL org.opencontainers.image.stopSignal=SIGKILL", "LABEL devices=/dev/kvm",
             "LABEL com.docker.network=host"});
  const Output output = Run({},
                            {"sh", "-c",
                             "grep -E '^(CapEff|Seccomp|NoNewPrivs):' /proc/self/status; "
                             "ls /host /dev/kvm 2>/dev/null; ls /sys/class/net"},
                            "labels");
  EXPECT_EQ(output.text, "CapEff:\t00000000a80425fb\nNoNewPrivs:\t1\nSeccomp:\t2\nlo\n");
}

// CVE-2020-14370.
TEST_F(HostileFile, NothingOfOneContainerIsSeenInTheNext) {
  Text({"-e", "SECRET=of-the-first"}, "echo $SECRET >/tmp/file; echo $SECRET >/dev/shm/file");
  const std::string next = Text(
      "env; cat /tmp/file /dev/shm/file 2>/dev/null; cat /proc/1/environ "
      "2>/dev/null; ls -A /tmp /dev/shm");
  EXPECT_THAT(next, Not(HasSubstr("SECRET")));
  EXPECT_THAT(next, Not(HasSubstr("of-the-first")));
}

// CVE-2020-5291 and kin: privilege comes from who runs it, never from a file of ours.
TEST_F(HostileFile, NoneOfOursIsSetUserId) {
  for (const char* place : {"bin", "libexec"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(build() / place)) {
      struct stat st;
      ASSERT_EQ(::lstat(entry.path().c_str(), &st), 0);
      EXPECT_EQ(st.st_mode & (S_ISUID | S_ISGID), 0u) << entry.path();
      EXPECT_EQ(::lgetxattr(entry.path().c_str(), "security.capability", nullptr, 0), -1)
          << entry.path();
    }
  }
}

// CVE-2025-31133: what masks is the null device, or the container doesn't start.
TEST_F(HostileFile, InPlaceOfTheNullDeviceMasksNothing) {
  const fs::path volume = MakeDirectory("fake-dev");
  base::WriteFileAtomically(volume / "null", "a file\n", base::Durability::kNoFlush, 0666);
  const auto refused = [&] {
    const Output output = Run({"-v", volume.string() + ":/dev"}, {"cat", "/proc/kcore"});
    EXPECT_EQ(output.code, 125) << output.text << output.errors;
    EXPECT_THAT(output.errors, HasSubstr("mask"));
  };
  refused();
  fs::remove(volume / "null");
  fs::create_symlink("/proc/sys/kernel/core_pattern", volume / "null");
  refused();
}

// CVE-2025-52881: a parameter is written to the real procfs, or nowhere.
TEST_F(HostileFile, InPlaceOfProcTakesNoKernelParameter) {
  const fs::path fake = MakeDirectory("fake-proc");
  fs::create_directories(fake / "sys/net/core");
  base::WriteFileAtomically(fake / "sys/net/core/somaxconn", "1\n", base::Durability::kNoFlush,
                            0666);
  const Output output =
      Run({"-v", fake.string() + ":/proc", "--sysctl", "net.core.somaxconn=77"}, {"true"});
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("procfs"));
  EXPECT_EQ(base::ReadFile(fake / "sys/net/core/somaxconn"), "1\n");
}

}  // namespace
}  // namespace tests
