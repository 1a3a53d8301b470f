// Profiles of the user's: runner run --security-opt seccomp=FILE.
#include <gmock/gmock.h>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
using testing::HasSubstr;

class OwnProfile : public RunTest {
 protected:
  static std::string Write(const std::string& profile) {
    const std::string file = scratch() / "profile.json";
    base::WriteFileAtomically(file, profile, base::Durability::kNoFlush, 0644);
    return file;
  }
  static Words With(const std::string& file) { return {"--security-opt", "seccomp=" + file}; }
};

TEST_F(OwnProfile, TakesThePlaceOfTheDefault) {
  const std::string file = Write(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 122}]})");
  EXPECT_EQ(Text(With(file), "mkdir /x 2>&1 || true"),
            "mkdir: can't create directory '/x': Disk quota exceeded");
  EXPECT_EQ(Probe(With(file), {"unshare-user"}), "unshare-user ok\n");
}

TEST_F(OwnProfile, SeesTheContainersCapabilities) {
  const std::string file = Write(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "excludes": {"caps": ["CAP_MKNOD"]}}]})");
  EXPECT_EQ(Text(With(file), "mkdir /x; echo made"), "made");
  Words without = With(file);
  without.insert(without.end(), {"--cap-drop", "MKNOD"});
  EXPECT_EQ(Text(without, "mkdir /x 2>/dev/null || echo refused"), "refused");
}

// A file with docker's own structure, as its users keep them.
TEST_F(OwnProfile, OfAPeerRuns) {
  EXPECT_EQ(Text(With("/usr/share/containers/seccomp.json"),
                 "echo a | cat; grep Seccomp: /proc/self/status"),
            "a\nSeccomp:\t2");
}

TEST_F(OwnProfile, LeavesNoNewPrivilegesOn) {
  const std::string file = Write(R"({"defaultAction": "SCMP_ACT_ALLOW"})");
  EXPECT_EQ(Text(With(file), "grep -E '^NoNewPrivs:' /proc/self/status"), "NoNewPrivs:\t1");
}

TEST_F(OwnProfile, WithAFaultIsBadUsageWithItsPosition) {
  const std::string file = Write(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
      {"names": ["read"], "action": "SCMP_ACT_ALLOW"},
      {"names": ["write"], "action": "ALLOW"}]})");
  const Output output = Run(With(file), {"true"});
  EXPECT_EQ(output.code, 125);
  EXPECT_EQ(output.errors,
            "runner: seccomp profile " + file + ": syscalls[1]: unknown action 'ALLOW'\n");
}

}  // namespace
}  // namespace tests
