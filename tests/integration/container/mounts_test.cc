// Volumes, tmpfs and the read-only root file system.
#include <gmock/gmock.h>

#include <algorithm>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
using testing::HasSubstr;

class Mounts : public RunTest {};

TEST_F(Mounts, VolumeIsWrittenThroughUnlessReadOnly) {
  const std::filesystem::path directory = MakeDirectory("volume");
  EXPECT_EQ(Text({"-v", directory.string() + ":/v"}, "echo x > /v/new; cat /v/new"), "x");
  EXPECT_EQ(base::ReadFile(directory / "new"), "x\n");
  EXPECT_EQ(Text({"-v", directory.string() + ":/v:ro"},
                 "echo y 2>/dev/null > /v/new || echo refused; cat /v/new"),
            "refused\nx");
}

TEST_F(Mounts, FileCanBeAVolume) {
  const std::filesystem::path file = MakeDirectory("files") / "one";
  base::WriteFileAtomically(file, "one\n", base::Durability::kNoFlush, 0644);
  EXPECT_EQ(Text({"-v", file.string() + ":/made/dir/one:ro"}, "cat /made/dir/one"), "one");
}

TEST_F(Mounts, VolumeBringsNoPrivilege) {
  const std::filesystem::path directory = MakeDirectory("privilege");
  const Output made = RunToEnd({"sh", "-ec",
                                "cp $1 $0/probe; chown --reference=$0 $0/probe; "
                                "chmod 4755 $0/probe; mknod $0/null c 1 3",
                                directory, build() / "tests/probe/container_probe"});
  ASSERT_EQ(made.code, 0) << made.errors;
  EXPECT_EQ(Text({"-u", "1000", "-v", directory.string() + ":/v"},
                 "stat -c %u:%a /v/probe; /v/probe effective-root"),
            "0:4755\neffective-root EACCES");
  EXPECT_EQ(Text({"-v", directory.string() + ":/v"}, "cat 2>/dev/null /v/null || echo refused"),
            "refused");
}

// Everything below it counts: a mount that the host has there comes along.
TEST_F(Mounts, ReadOnlyVolumeIsSoInTheMountsBelowItToo) {
  const std::filesystem::path directory = MakeDirectory("nested");
  Words command = {
      "unshare",
      "-m",
      "sh",
      "-ec",
      "mkdir -p $0/below; mount -t tmpfs -o mode=777 x $0/below; mknod $0/below/null c 1 3; "
      "exec \"$@\"",
      directory};
  const Words words = RunWords({"-v", directory.string() + ":/v:ro"},
                               {"sh", "-c",
                                "cd /v/below; ls; echo x 2>/dev/null > f || echo refused; "
                                "cat 2>/dev/null null || echo refused"});
  command.insert(command.end(), words.begin(), words.end());
  EXPECT_EQ(RunToEnd(command).text, "null\nrefused\nrefused\n");
}

TEST_F(Mounts, ReadOnlyRootRefusesChangesButNotTheMountsInIt) {
  EXPECT_EQ(Text({"--read-only", "--tmpfs", "/tmp"},
                 "echo x 2>/dev/null > /file || echo refused; echo x > /tmp/file; cat /tmp/file; "
                 "echo x > /dev/shm/file; cat /etc/hostname | wc -l"),
            "refused\nx\n1");
}

TEST_F(Mounts, TmpfsHasItsSize) {
  EXPECT_EQ(Text({"--tmpfs", "/t:1m"},
                 "dd if=/dev/zero of=/t/x bs=64k count=32 2>/dev/null || stat -c %s /t/x"),
            "1048576");
  EXPECT_THAT(Text({"--tmpfs", "/t:1m"}, "grep ' /t ' /proc/self/mounts"),
              HasSubstr("nosuid,nodev"));
}

TEST_F(Mounts, ChangesAreGoneWithTheContainer) {
  EXPECT_EQ(Text("echo x > /new; rm /etc/passwd; ls /new"), "/new");
  EXPECT_EQ(Text("ls /new 2>/dev/null || cat /etc/passwd | wc -l"), "2");
  EXPECT_TRUE(ContainersAreGone());
}

// The files that every container gets from us lie in memory that the containers of one process
// share.
TEST_F(Mounts, FillingTheHostsFileTakesNothingFromOthers) {
  const std::string size =
      Text("dd if=/dev/zero of=/etc/hosts bs=1M count=80 2>/dev/null; stat -c %s /etc/hosts");
  EXPECT_LT(std::stoull(size), 8u << 20);
}

TEST_F(Mounts, FilesOfOursBringNoPrivilege) {
  EXPECT_EQ(Text("grep -cE '^[^ ]+ /etc/(hosts|hostname|resolv.conf) tmpfs rw,nosuid,nodev,noexec' "
                 "/proc/self/mounts"),
            "3");
}

// What stands at /dev/full of a host may be anything.
TEST_F(Mounts, DeviceThatIsAnotherOneIsRefused) {
  for (const char* other : {"/dev/zero", "/etc/passwd"}) {
    Words command = {"unshare", "-m", "sh", "-ec", "mount --bind $0 /dev/full; exec \"$@\"", other};
    const Words words = RunWords({}, {"true"});
    command.insert(command.end(), words.begin(), words.end());
    const Output output = RunToEnd(command);
    EXPECT_EQ(output.code, 125) << other << output.errors;
    EXPECT_THAT(output.errors, HasSubstr("check the device: /dev/full")) << other;
  }
}

// CVE-2024-1753 and its kin: what a container mounts is never seen outside.
TEST_F(Mounts, SharedPropagationIsRefused) {
  const std::string source = MakeDirectory("shared").string();
  for (const char* word : {"shared", "rshared", "slave", "rslave"}) {
    for (const Words& options :
         {Words{"-v", source + ":/x:" + word},
          Words{"--mount", "type=bind,source=" + source + ",target=/x,bind-propagation=" + word}}) {
      const Output output = Run(options, {"true"});
      EXPECT_EQ(output.code, 125) << options[1];
      EXPECT_EQ(std::count(output.errors.begin(), output.errors.end(), '\n'), 1) << output.errors;
    }
  }
}

TEST_F(Mounts, ManyVolumesAreFineAndTooManyAClearError) {
  const std::string directory = MakeDirectory("many");
  Words few;
  for (int i = 0; i < 100; ++i) {
    few.insert(few.end(), {"-v", directory + ":/v" + std::to_string(i)});
  }
  EXPECT_EQ(Run(few, {"true"}).code, 0);
  const Words more = few;
  few.insert(few.end(), more.begin(), more.begin() + 100);
  const Output output = Run(few, {"true"});
  EXPECT_EQ(output.code, 125) << output.errors;
  EXPECT_THAT(output.errors, HasSubstr("at most 128"));
}

}  // namespace
}  // namespace tests
