// Floods end at their limit and are reported as it, and the host has again what they took.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/statvfs.h>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class Flood : public RunTest {
 protected:
  static uint64_t FreeBytes() {
    struct statvfs st = {};
    ::statvfs(state().c_str(), &st);
    return static_cast<uint64_t>(st.f_bfree) * st.f_frsize;
  }
  // What the container took from the disk is free again, but for what others do meanwhile.
  static void ExpectDiskIsFreeAgain(uint64_t before) {
    EXPECT_TRUE(ContainersAreGone());
    EXPECT_TRUE(
        WaitUntil([&] { return FreeBytes() + (64u << 20) > before; }, std::chrono::seconds(30)));
  }
};

TEST_F(Flood, OfBytesEndsAtTheDiskLimit) {
  const uint64_t before = FreeBytes();
  const Output output = Shell(
      {"--storage-opt", "size=32m"},
      "i=0; while :; do dd if=/dev/zero of=/file$i bs=1M count=4 2>/dev/null; i=$((i+1)); done");
  EXPECT_EQ(output.code, 137) << output.errors;
  EXPECT_THAT(output.errors, HasSubstr("runner: out of disk: at least 3"));
  EXPECT_THAT(output.errors, testing::EndsWith("limit 32.0 MiB\n"));
  ExpectDiskIsFreeAgain(before);
}

TEST_F(Flood, OfOneFileEndsAtTheDiskLimit) {
  const Output output = Shell({"--storage-opt", "size=8m"},
                              "dd if=/dev/zero of=/file bs=1M count=100 2>/dev/null; "
                              "code=$?; stat -c %s /file; exit $code");
  EXPECT_NE(output.code, 0);
  // With what its directory takes it may be seen to be over the limit before it has ended.
  EXPECT_THAT(output.text, testing::AnyOf("8388608\n", ""));
  EXPECT_THAT(output.errors, testing::AnyOf(HasSubstr("it reached its limit of 8.0 MiB of disk"),
                                            HasSubstr("out of disk")));
}

TEST_F(Flood, OfSpaceThatIsOnlyReservedFails) {
  EXPECT_EQ(Shell({"--storage-opt", "size=8m"},
                  "trap '' XFSZ; fallocate -l 1000000000 /file; du -k /file | cut -f1")
                .text,
            "0\n");
  EXPECT_EQ(Run({"--storage-opt", "size=8m"}, {"fallocate", "-l", "1000000000", "/file"}).code,
            128 + SIGXFSZ);
}

TEST_F(Flood, OfEmptyFilesEndsAtTheDiskLimit) {
  const Output output =
      Shell({"--storage-opt", "size=4m"},
            "i=0; while :; do mkdir /d$i; cd /d$i; for n in 0 1 2 3 4 5 6 7 8 9; do : >$n; : >a$n; "
            ": >b$n; : >c$n; done; i=$((i+1)); done");
  EXPECT_EQ(output.code, 137) << output.errors;
  EXPECT_THAT(output.errors, HasSubstr("out of disk"));
}

TEST_F(Flood, OfFilesWithoutANameEndsAtTheDiskLimit) {
  const Output output =
      Shell({"--storage-opt", "size=16m"},
            "for i in 3 4 5 6 7 8 9; do eval \"exec $i>/file; rm /file; "
            "dd if=/dev/zero bs=1M count=8 >&$i 2>/dev/null\"; done; while :; do sleep 1; done");
  EXPECT_EQ(output.code, 137) << output.errors;
  EXPECT_THAT(output.errors, HasSubstr("out of disk"));
}

// Deeper than any path can say (PATH_MAX): what was made is removed with the container.
TEST_F(Flood, OfDirectoriesInDirectoriesLeavesNothing) {
  EXPECT_EQ(Text("n=$(printf %0200d 1); mkdir d; i=0; while [ $i -lt 300 ]; do "
                 "mkdir e && mv d e/$n && mv e d || exit 1; i=$((i+1)); done; echo made"),
            "made");
  EXPECT_TRUE(ContainersAreGone());
}

TEST_F(Flood, BelowTheDiskLimitIsNone) {
  const Output output =
      Shell({"--storage-opt", "size=32m"},
            "dd if=/dev/zero of=/file bs=1M count=16 2>/dev/null; sync; "
            "rm /file; dd if=/dev/zero of=/file bs=1M count=16 2>/dev/null; exit 3");
  EXPECT_EQ(output.code, 3);
  EXPECT_EQ(output.errors, "");
}

TEST_F(Flood, OfAVolumeIsNotTheContainers) {
  const std::string volume = MakeDirectory("flood-volume");
  EXPECT_EQ(Text({"--storage-opt", "size=8m", "-v", volume + ":/v"},
                 "dd if=/dev/zero of=/v/file bs=1M count=20 2>/dev/null; stat -c %s /v/file"),
            "20971520");
}

TEST_F(Flood, OfSharedMemoryEndsAtItsSize) {
  EXPECT_EQ(Text({"--shm-size", "2m"},
                 "dd if=/dev/zero of=/dev/shm/x bs=1M count=20 2>/dev/null || stat -c %s "
                 "/dev/shm/x"),
            "2097152");
}

TEST_F(Flood, OfDevicesDirectoryEndsAtItsSize) {
  EXPECT_EQ(Text("dd if=/dev/zero of=/dev/x bs=1M count=100 2>/dev/null || stat -c %s /dev/x"),
            "67108864");
  EXPECT_EQ(Text("cd /dev; i=0; while [ $i -lt 20000 ] && true 2>/dev/null >n$i; do i=$((i+1)); "
                 "done; [ $i -lt 20000 ] && echo bounded"),
            "bounded");
}

TEST_F(Flood, ThatStaysBelowReportsNothing) { EXPECT_EQ(Shell({}, "exit 3").errors, ""); }

}  // namespace
}  // namespace tests
