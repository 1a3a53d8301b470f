// Docker's seccomp profiles: what is read, what is refused, and what the compiled filter answers.
#include "runtime/container/seccomp_rules.h"

#include <gmock/gmock.h>
#include <sys/syscall.h>

#include <cerrno>

#include "runtime/base/error.h"
#include "tests/unit/container/filter_machine.h"

namespace runtime::container {
namespace {

using testing::HasSubstr;
using tests::kEnosys;
using tests::kEperm;
using tests::kNativeAbi;
using tests::kOtherAbi;
using tests::RunFilter;

constexpr uint32_t kAllow = SECCOMP_RET_ALLOW;

const SeccompHost kHost = {
    .capabilities = {"CHOWN", "CAP_KILL"}, .kernel_major = 6, .kernel_minor = 1};

class Filter {
 public:
  explicit Filter(const std::string& profile)
      : program_(CompileSeccompRules(ParseSeccompRules(profile, "p", kHost), "p")) {}
  uint32_t Answer(long call, uint64_t first = 0, uint64_t second = 0) const {
    return RunFilter(program_, {.nr = static_cast<int>(call),
                                .arch = kNativeAbi,
                                .instruction_pointer = 0,
                                .args = {first, second, 0, 0, 0, 0}});
  }
  uint32_t AnswerOther() const {
    return RunFilter(program_, {.nr = 3, .arch = kOtherAbi, .instruction_pointer = 0, .args = {}});
  }

 private:
  std::vector<sock_filter> program_;
};

// A profile that refuses what these rules don't allow.
Filter Denying(const std::string& rules) {
  return Filter(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [)" + rules + "]}");
}

std::string Refusal(const std::string& profile) {
  try {
    CompileSeccompRules(ParseSeccompRules(profile, "seccomp profile p", kHost),
                        "seccomp profile p");
  } catch (const base::Error& e) {
    return e.what();
  }
  return "accepted";
}
std::string RefusalOfRule(const std::string& rule) {
  return Refusal(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [)"
                 R"({"names": ["read"], "action": "SCMP_ACT_ALLOW"}, )" +
                 rule + "]}");
}

TEST(SeccompRules, NamesGetTheirActionAndTheRestTheDefault) {
  const Filter filter = Denying(R"({"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
      {"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
      {"names": ["umount2"], "action": "SCMP_ACT_ERRNO"},
      {"names": ["reboot"], "action": "SCMP_ACT_KILL"},
      {"names": ["swapon"], "action": "SCMP_ACT_KILL_PROCESS"},
      {"names": ["swapoff"], "action": "SCMP_ACT_TRAP"},
      {"names": ["sync"], "action": "SCMP_ACT_LOG"},
      {"names": ["bpf"], "action": "SCMP_ACT_TRACE", "errnoRet": 7})");
  EXPECT_EQ(filter.Answer(SYS_read), kAllow);
  EXPECT_EQ(filter.Answer(SYS_write), kAllow);
  EXPECT_EQ(filter.Answer(SYS_mount), kEnosys);
  EXPECT_EQ(filter.Answer(SYS_umount2), kEperm);
  EXPECT_EQ(filter.Answer(SYS_reboot), SECCOMP_RET_KILL_THREAD);
  EXPECT_EQ(filter.Answer(SYS_swapon), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(filter.Answer(SYS_swapoff), SECCOMP_RET_TRAP);
  EXPECT_EQ(filter.Answer(SYS_sync), SECCOMP_RET_LOG);
  EXPECT_EQ(filter.Answer(SYS_bpf), SECCOMP_RET_TRACE | 7u);
  EXPECT_EQ(filter.Answer(SYS_close), kEperm);
}

TEST(SeccompRules, DefaultHasItsErrno) {
  const Filter filter(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 13})");
  EXPECT_EQ(filter.Answer(SYS_read), SECCOMP_RET_ERRNO | EACCES);
}

// Podman's profiles say it by name, or both ways.
TEST(SeccompRules, AnErrnoMayHaveItsName) {
  const Filter filter(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrno": "ENOSYS",
      "defaultErrnoRet": 38, "syscalls": [
      {"names": ["read"], "action": "SCMP_ACT_ERRNO", "errno": "EACCES"}]})");
  EXPECT_EQ(filter.Answer(SYS_read), SECCOMP_RET_ERRNO | EACCES);
  EXPECT_EQ(filter.Answer(SYS_write), kEnosys);
  EXPECT_THAT(RefusalOfRule(R"({"names": ["x"], "action": "SCMP_ACT_ERRNO", "errno": "EX"})"),
              HasSubstr("unknown errno 'EX'"));
  EXPECT_THAT(RefusalOfRule(R"({"names": ["x"], "action": "SCMP_ACT_ERRNO", "errno": "EPERM",
      "errnoRet": 2})"),
              HasSubstr("errno contradicts"));
  EXPECT_THAT(RefusalOfRule(R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "errno": "EPERM"})"),
              HasSubstr("errno contradicts"));
}

TEST(SeccompRules, AllowingProfileRefusesByName) {
  const Filter filter(R"({"defaultAction": "SCMP_ACT_ALLOW",
      "syscalls": [{"name": "chmod", "action": "SCMP_ACT_ERRNO"}]})");
  EXPECT_EQ(filter.Answer(SYS_chmod), kEperm);
  EXPECT_EQ(filter.Answer(SYS_chown), kAllow);
  EXPECT_EQ(filter.Answer(9999), kAllow);
}

TEST(SeccompRules, ConditionsOnDifferentArgumentsMustAllHold) {
  const Filter filter = Denying(R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [
      {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 5, "op": "SCMP_CMP_LT"}]})");
  EXPECT_EQ(filter.Answer(SYS_socket, 2, 4), kAllow);
  EXPECT_EQ(filter.Answer(SYS_socket, 2, 5), kEperm);
  EXPECT_EQ(filter.Answer(SYS_socket, 3, 4), kEperm);
}

TEST(SeccompRules, ConditionsOnOneArgumentMeanEither) {
  const Filter filter = Denying(R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [
      {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 10, "op": "SCMP_CMP_EQ"}]})");
  EXPECT_EQ(filter.Answer(SYS_socket, 1), kAllow);
  EXPECT_EQ(filter.Answer(SYS_socket, 10), kAllow);
  EXPECT_EQ(filter.Answer(SYS_socket, 2), kEperm);
}

TEST(SeccompRules, EveryOperatorCompares) {
  struct Case {
    const char* op;
    bool below, equal, above;
  };
  for (const Case& c : {Case{"NE", true, false, true}, Case{"LT", true, false, false},
                        Case{"LE", true, true, false}, Case{"EQ", false, true, false},
                        Case{"GE", false, true, true}, Case{"GT", false, false, true}}) {
    const Filter filter =
        Denying(R"({"names": ["kill"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, )"
                R"("value": 4294967296, "op": "SCMP_CMP_)" +
                std::string(c.op) + R"("}]})");
    EXPECT_EQ(filter.Answer(SYS_kill, 0xFFFFFFFF), c.below ? kAllow : kEperm) << c.op;
    EXPECT_EQ(filter.Answer(SYS_kill, 0x100000000), c.equal ? kAllow : kEperm) << c.op;
    EXPECT_EQ(filter.Answer(SYS_kill, 0x100000001), c.above ? kAllow : kEperm) << c.op;
  }
}

TEST(SeccompRules, MaskComesFirstAndItsResultSecond) {
  const Filter filter = Denying(R"({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [
      {"index": 0, "value": 240, "valueTwo": 16, "op": "SCMP_CMP_MASKED_EQ"}]})");
  EXPECT_EQ(filter.Answer(SYS_clone, 0x1F), kAllow);
  EXPECT_EQ(filter.Answer(SYS_clone, 0x0F), kEperm);
  EXPECT_EQ(filter.Answer(SYS_clone, 0x30), kEperm);
}

TEST(SeccompRules, ApplyWhereTheirCircumstancesHold) {
  const auto answer = [](const std::string& circumstances) {
    return Denying(R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", )" + circumstances + "}")
               .Answer(SYS_read) == kAllow;
  };
#if defined(__x86_64__)
  const std::string here = "amd64";
  const std::string there = "arm64";
#else
  const std::string here = "arm64";
  const std::string there = "amd64";
#endif
  EXPECT_TRUE(answer(R"("includes": {}, "excludes": {})"));
  EXPECT_TRUE(answer(R"("includes": {"caps": ["CAP_CHOWN", "CAP_KILL"]})"));
  EXPECT_FALSE(answer(R"("includes": {"caps": ["CAP_CHOWN", "CAP_SYS_ADMIN"]})"));
  EXPECT_TRUE(answer(R"("excludes": {"caps": ["CAP_SYS_ADMIN"]})"));
  EXPECT_FALSE(answer(R"("excludes": {"caps": ["CAP_SYS_ADMIN", "CAP_KILL"]})"));
  EXPECT_TRUE(answer(R"("includes": {"arches": ["s390", ")" + here + R"("]})"));
  EXPECT_FALSE(answer(R"("includes": {"arches": [")" + there + R"("]})"));
  EXPECT_FALSE(answer(R"("excludes": {"arches": [")" + here + R"("]})"));
  EXPECT_TRUE(answer(R"("excludes": {"arches": [")" + there + R"("]})"));
  EXPECT_TRUE(answer(R"("includes": {"minKernel": "4.8"})"));
  EXPECT_TRUE(answer(R"("includes": {"minKernel": "6.1"})"));
  EXPECT_FALSE(answer(R"("includes": {"minKernel": "6.2"})"));
  EXPECT_FALSE(answer(R"("includes": {"minKernel": "10.0"})"));
  EXPECT_FALSE(answer(R"("excludes": {"minKernel": "5.19"})"));
}

// A library tries the new call and falls back; EPERM would be its end.
TEST(SeccompRules, CallsNewerThanTheProfileAreMissing) {
  const Filter filter = Denying(R"({"names": ["read", "openat2"], "action": "SCMP_ACT_ALLOW"})");
  EXPECT_EQ(filter.Answer(SYS_openat2), kAllow);
  EXPECT_EQ(filter.Answer(SYS_openat2 + 1), kEnosys);
  EXPECT_EQ(filter.Answer(9999), kEnosys);
  EXPECT_EQ(filter.Answer(SYS_openat2 - 1), kEperm);
}

// A rule that doesn't apply here names its calls all the same: known and refused.
TEST(SeccompRules, CallsOfRulesThatDoNotApplyAreKnown) {
  const Filter filter = Denying(R"({"names": ["read"], "action": "SCMP_ACT_ALLOW"},
      {"names": ["openat2"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}})");
  EXPECT_EQ(filter.Answer(SYS_openat2), kEperm);
}

TEST(SeccompRules, CallsOfOtherAbisKillUnlessTheProfileNamesThem) {
  EXPECT_EQ(Denying(R"({"names": ["read"], "action": "SCMP_ACT_ALLOW"})").AnswerOther(),
            SECCOMP_RET_KILL_PROCESS);
#if defined(__x86_64__)
  const std::string rest = R"("defaultAction": "SCMP_ACT_ERRNO",
      "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]})";
  EXPECT_EQ(
      Filter(R"({"architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], )" + rest).AnswerOther(),
      kAllow);
  EXPECT_EQ(Filter(R"({"archMap": [{"architecture": "SCMP_ARCH_X86_64",
      "subArchitectures": ["SCMP_ARCH_X86"]}], )" +
                   rest)
                .AnswerOther(),
            kAllow);
  EXPECT_EQ(Filter(R"({"archMap": [{"architecture": "SCMP_ARCH_AARCH64",
      "subArchitectures": ["SCMP_ARCH_X86"]}], )" +
                   rest)
                .AnswerOther(),
            SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(Filter("{" + rest).Answer(0x40000000), SECCOMP_RET_KILL_PROCESS);
#endif
}

TEST(SeccompRules, CallsOfTheNewestKernelsAreKnown) {
  const Filter filter = Denying(R"({"names": ["fchmodat2", "mseal"], "action": "SCMP_ACT_ALLOW"})");
  EXPECT_EQ(filter.Answer(452), kAllow);
  EXPECT_EQ(filter.Answer(462), kAllow);
  EXPECT_EQ(filter.Answer(453), kEperm);
}

TEST(SeccompRules, FlagsAreTaken) {
  EXPECT_EQ(ParseSeccompRules(R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": [
      "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"]})",
                              "p", kHost)
                .flags,
            static_cast<uint32_t>(SECCOMP_FILTER_FLAG_LOG));
}

TEST(SeccompRules, AnUnknownCallThatWouldBeAllowedIsLeftOut) {
  const Filter filter =
      Denying(R"({"names": ["no_such_call", "read"], "action": "SCMP_ACT_ALLOW"})");
  EXPECT_EQ(filter.Answer(SYS_read), kAllow);
}

TEST(SeccompRules, AnUnknownCallThatWouldBeRefusedIsAnError) {
  EXPECT_EQ(Refusal(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["chmod", "no_such_call"], "action": "SCMP_ACT_ERRNO"}]})"),
            "seccomp profile p: syscalls[0]: this version doesn't know the system call "
            "'no_such_call', and leaving it out would allow more than the rule says");
}

TEST(SeccompRules, FaultsInARuleAreToldWithItsPosition) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"names": ["x"], "actoin": "SCMP_ACT_ALLOW"})", "unknown key 'actoin'"},
      {R"({"names": ["x"], "Action": "SCMP_ACT_ALLOW"})", "unknown key 'Action'"},
      {R"({"names": ["x"]})", "action must be a string"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALOW"})", "unknown action 'SCMP_ACT_ALOW'"},
      {R"({"names": ["x"], "action": "ALLOW"})", "unknown action 'ALLOW'"},
      {R"({"names": ["x"], "action": "SCMP_ACT_NOTIFY"})", "SCMP_ACT_NOTIFY"},
      {R"({"names": [], "action": "SCMP_ACT_ALLOW"})", "names must be a list"},
      {R"({"names": "x", "action": "SCMP_ACT_ALLOW"})", "names must be a list"},
      {R"({"names": [1], "action": "SCMP_ACT_ALLOW"})", "names must be a list of strings"},
      {R"({"names": ["a b"], "action": "SCMP_ACT_ALLOW"})", "'a b' is no system call's name"},
      {R"({"name": "a", "names": ["b"], "action": "SCMP_ACT_ALLOW"})", "exclude each other"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4096})", "from 0 to 4095"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ERRNO", "errnoRet": -1})", "from 0 to 4095"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1})", "says nothing"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "args": [{"op": "SCMP_CMP_EQ"}]})",
       "index must be a whole number from 0 to 5"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 6, "op": "SCMP_CMP_EQ"}]})",
       "from 0 to 5"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "op": "EQ"}]})",
       "unknown operator 'EQ'"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "valueTwo": 1,
          "op": "SCMP_CMP_EQ"}]})",
       "valueTwo"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_X"]}})",
       "unknown capability 'CAP_X'"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["x86_64"]}})",
       "unknown architecture 'x86_64'"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8.1"}})",
       "minKernel"},
      {R"({"names": ["x"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4"}})",
       "minKernel"},
      {R"(["read"])", "an object was expected"}};
  for (const auto& [rule, reason] : cases) {
    const std::string refusal = RefusalOfRule(rule);
    EXPECT_THAT(refusal, testing::StartsWith("seccomp profile p: syscalls[1]: ")) << rule;
    EXPECT_THAT(refusal, HasSubstr(reason)) << rule;
  }
}

TEST(SeccompRules, FaultsInTheProfileAreTold) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "not valid JSON"},
      {"[]", "an object was expected"},
      {"{}", "defaultAction must be a string"},
      {R"({"defaultAction": "x"})", "unknown action 'x'"},
      {R"({"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1})", "says nothing"},
      {R"({"defaultAction": "SCMP_ACT_ALLOW", "defaultAction": "SCMP_ACT_KILL"})", "duplicate key"},
      {R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": {}})", "syscalls must be a list"},
      {R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/x"})", "unknown key"},
      {R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": ["X"]})", "unknown flag 'X'"},
      {R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["X"]})",
       "unknown architecture 'X'"},
      {R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"],
          "archMap": []})",
       "exclude each other"}};
  for (const auto& [profile, reason] : cases) {
    EXPECT_THAT(Refusal(profile), testing::StartsWith("seccomp profile p: ")) << profile;
    EXPECT_THAT(Refusal(profile), HasSubstr(reason)) << profile;
  }
}

TEST(SeccompRules, AFilterThatNoKernelTakesIsTold) {
  std::string rules = R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [)";
  for (int i = 0; i < 4200; ++i) {
    rules +=
        R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": )" +
        std::to_string(i * 2) + R"(, "op": "SCMP_CMP_EQ"}]},)";
  }
  rules.back() = ']';
  EXPECT_THAT(Refusal(rules + "}"), HasSubstr("the kernel takes 4096"));
}

}  // namespace
}  // namespace runtime::container
