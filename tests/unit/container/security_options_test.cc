#include "runner/verbs/security_options.h"

#include <gmock/gmock.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;
using testing::HasSubstr;

container::ContainerSpec Apply(const std::vector<std::string>& options) {
  container::ContainerSpec spec;
  ApplySecurityOptions(options, spec);
  return spec;
}

std::string Refusal(const std::vector<std::string>& options) {
  try {
    Apply(options);
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kUsage);
    return e.what();
  }
  ADD_FAILURE() << options.front() << " was accepted";
  return "";
}

TEST(SecurityOptions, DefaultIsTheBuiltInFilter) {
  EXPECT_EQ(Apply({}).seccomp, container::SeccompProfile::kDefault);
  EXPECT_EQ(Apply({"no-new-privileges", "seccomp=builtin"}).seccomp,
            container::SeccompProfile::kDefault);
}

TEST(SecurityOptions, TheLastFilterCounts) {
  EXPECT_EQ(Apply({"seccomp=builtin", "seccomp=unconfined"}).seccomp,
            container::SeccompProfile::kUnconfined);
  EXPECT_EQ(Apply({"seccomp=unconfined", "seccomp=builtin"}).seccomp,
            container::SeccompProfile::kDefault);
}

TEST(SecurityOptions, AFileIsReadAndCompiled) {
  const base::TemporaryDirectory scratch(std::filesystem::temp_directory_path(), "profile");
  const std::string file = scratch.path() / "profile.json";
  base::WriteFileAtomically(file, R"({"defaultAction": "SCMP_ACT_ALLOW"})");
  const container::ContainerSpec spec = Apply({"seccomp=" + file});
  EXPECT_EQ(spec.seccomp, container::SeccompProfile::kOwn);
  EXPECT_FALSE(spec.own_seccomp.instructions.empty());
}

TEST(SecurityOptions, AFileThatIsNotThereIsBadUsage) {
  EXPECT_THAT(Refusal({"seccomp=/no/such/file"}), HasSubstr("/no/such/file"));
}

TEST(SecurityOptions, UnknownOnesAreRefused) {
  for (const char* option :
       {"seccomp", "seccomp=", "no-new-privileges:false", "label", "apparmor=x"}) {
    EXPECT_THAT(Refusal({option}), HasSubstr("--security-opt")) << option;
  }
}

}  // namespace
}  // namespace runner
