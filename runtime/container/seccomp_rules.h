// SeccompRules: a system call filter in docker's terms, read from docker's JSON profile format
// (docs.docker.com "Seccomp security profiles for Docker"), and what it compiles to.
//
// Reading needs no library and no privilege; compiling is libseccomp's work. Neither is on the way
// of a container with the default filter, which is compiled when the product is built.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::container {

// What the kernel does with a call.
struct SeccompAction {
  enum class Kind { kAllow, kLog, kTrace, kErrno, kTrap, kKillThread, kKillProcess };
  Kind kind = Kind::kErrno;
  uint16_t value = 1;  // kErrno: the errno; kTrace: what a tracer is told
  bool operator==(const SeccompAction&) const = default;
};

// `argument` (0 to 5) compared with `value`; for kMaskedEqual, `value` is the mask and `masked`
// what the masked argument must be.
struct SeccompCondition {
  enum class Op { kNotEqual, kLess, kLessOrEqual, kEqual, kGreaterOrEqual, kGreater, kMaskedEqual };
  unsigned argument = 0;
  Op op = Op::kEqual;
  uint64_t value = 0;
  uint64_t masked = 0;
  bool operator==(const SeccompCondition&) const = default;
};

struct SeccompRule {
  std::vector<std::string> names;
  SeccompAction action;
  std::vector<SeccompCondition> conditions;  // all must hold, but see CompileSeccompRules()
  std::string position;                      // "syscalls[3]", for messages
};

struct SeccompRules {
  SeccompAction otherwise;               // for a call that no rule is about
  std::vector<std::string> compatible;   // of "x86", "x32", "arm": whose calls the rules cover too
  uint32_t flags = 0;                    // SECCOMP_FILTER_FLAG_*
  std::vector<SeccompRule> rules;        // those that apply on this host
  std::vector<std::string> known_names;  // also of those that don't apply
};

// What a profile's "includes" and "excludes" are asked about.
struct SeccompHost {
  std::vector<std::string> capabilities;  // of the container: "CHOWN" or "CAP_CHOWN"
  unsigned kernel_major = 0;
  unsigned kernel_minor = 0;

  // With the version of the running kernel.
  static SeccompHost Here(const std::vector<std::string>& capabilities);
};

// Throws Error (kUsage, "seccomp profile FILE: syscalls[3]: ...") for whatever isn't understood as
// a whole: a key, an action, an operator, an architecture or a capability that docker has no such
// of. `what` is "seccomp profile FILE".
SeccompRules ParseSeccompRules(std::string_view json, std::string_view what,
                               const SeccompHost& host);

// As docker and runc have it: conditions on one argument twice mean "either"; a name that this
// version doesn't know is left out, unless its rule is stricter than the default (then it throws
// Error); a call newer than all that the profile names answers ENOSYS, so that libraries fall back.
// 32-bit and x32 calls kill the process unless the profile names those architectures.
std::vector<sock_filter> CompileSeccompRules(const SeccompRules& rules, std::string_view what);

}  // namespace runtime::container
