#include "runner/verbs/security_options.h"

#include <string_view>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/seccomp_rules.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;
namespace {

constexpr std::string_view kSeccomp = "seccomp=";
constexpr size_t kMaxProfile = 1u << 20;

void ReadProfile(const std::string& path, container::ContainerSpec& spec) {
  const std::string what = "seccomp profile " + base::ForMessage(path);
  std::string text;
  try {
    text = base::ReadFile(path, kMaxProfile);
  } catch (const base::Error& e) {
    throw base::Error(base::ErrorKind::kUsage, "--security-opt seccomp: " + std::string(e.what()));
  }
  const container::SeccompRules rules =
      container::ParseSeccompRules(text, what, container::SeccompHost::Here(spec.capabilities));
  spec.seccomp = container::SeccompProfile::kOwn;
  spec.own_seccomp = {container::CompileSeccompRules(rules, what), rules.flags};
}

}  // namespace

void ApplySecurityOptions(const std::vector<std::string>& options, container::ContainerSpec& spec) {
  std::string profile = "builtin";
  for (const std::string& option : options) {
    if (option.starts_with(kSeccomp) && option.size() > kSeccomp.size()) {
      profile = option.substr(kSeccomp.size());
    } else if (option != "no-new-privileges" && option != "no-new-privileges:true" &&
               option != "no-new-privileges=true") {
      throw base::Error(base::ErrorKind::kUsage,
                        "--security-opt " + base::ForMessage(option) +
                            ": expected seccomp=FILE, seccomp=builtin or seccomp=unconfined "
                            "(no-new-privileges is always on)");
    }
  }
  if (profile == "unconfined") {
    spec.seccomp = container::SeccompProfile::kUnconfined;
  } else if (profile != "builtin") {
    ReadProfile(profile, spec);
  }
}

}  // namespace runner
