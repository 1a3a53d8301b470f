// A seccomp profile in docker's format: read or refused, and what is read compiles or is refused.
#include <cstdint>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/container/seccomp_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace runtime::container;
  try {
    const SeccompRules rules =
        ParseSeccompRules({reinterpret_cast<const char*>(data), size}, "profile",
                          {.capabilities = {"CHOWN"}, .kernel_major = 6, .kernel_minor = 1});
    CompileSeccompRules(rules, "profile");
  } catch (const runtime::base::Error&) {
  }
  return 0;
}
