// SeccompRules to the program that the kernel runs, by libseccomp.
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"
#include "runtime/container/seccomp_newer_calls.h"
#include "runtime/container/seccomp_rules.h"

namespace runtime::container {
namespace {

using Action = SeccompAction;
using Op = SeccompCondition::Op;

#if defined(__x86_64__)
constexpr uint32_t kNative = AUDIT_ARCH_X86_64;
#else
constexpr uint32_t kNative = AUDIT_ARCH_AARCH64;
#endif

// On x86-64, from here on they are calls of x32 (asm/unistd.h, __X32_SYSCALL_BIT).
constexpr uint32_t kEndOfNumbers = 0x40000000;

[[noreturn]] void Refuse(std::string_view what, const std::string& position,
                         const std::string& reason) {
  throw base::Error(base::ErrorKind::kUsage, std::string(what) + ": " + position + ": " + reason);
}

uint32_t ToLibrary(const Action& action) {
  switch (action.kind) {
    case Action::Kind::kAllow:
      return SCMP_ACT_ALLOW;
    case Action::Kind::kLog:
      return SCMP_ACT_LOG;
    case Action::Kind::kTrace:
      return SCMP_ACT_TRACE(action.value);
    case Action::Kind::kErrno:
      return SCMP_ACT_ERRNO(action.value);
    case Action::Kind::kTrap:
      return SCMP_ACT_TRAP;
    case Action::Kind::kKillThread:
      return SCMP_ACT_KILL_THREAD;
    case Action::Kind::kKillProcess:
      return SCMP_ACT_KILL_PROCESS;
  }
  return SCMP_ACT_KILL_PROCESS;
}

scmp_compare ToLibrary(Op op) {
  switch (op) {
    case Op::kNotEqual:
      return SCMP_CMP_NE;
    case Op::kLess:
      return SCMP_CMP_LT;
    case Op::kLessOrEqual:
      return SCMP_CMP_LE;
    case Op::kEqual:
      return SCMP_CMP_EQ;
    case Op::kGreaterOrEqual:
      return SCMP_CMP_GE;
    case Op::kGreater:
      return SCMP_CMP_GT;
    case Op::kMaskedEqual:
      return SCMP_CMP_MASKED_EQ;
  }
  return SCMP_CMP_NE;
}

struct Call {
  int number;  // below zero: of another machine
  bool newer;  // than the library
};

// Nothing for a name that neither the library nor we know.
std::optional<Call> Find(const std::string& name) {
  if (const int number = ::seccomp_syscall_resolve_name(name.c_str()); number != __NR_SCMP_ERROR) {
    return Call{number, false};
  }
  const auto* newer = std::find_if(std::begin(kNewerCalls), std::end(kNewerCalls),
                                   [&](const NewerCall& call) { return name == call.name; });
  return newer == std::end(kNewerCalls) ? std::nullopt : std::optional(Call{newer->number, true});
}

class Assembler {
 public:
  Assembler(const SeccompRules& rules, std::string_view what)
      : rules_(rules),
        what_(what),
        filter_(::seccomp_init(ToLibrary(rules.otherwise)), ::seccomp_release) {
    if (filter_ == nullptr) {
      throw base::Error(base::ErrorKind::kInternal, what_ + ": libseccomp has no filter for it");
    }
    Check(::seccomp_attr_set(filter_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
          "the profile");
    Check(::seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2), "the profile");
    for (const std::string& name : rules.compatible) {
      Check(::seccomp_arch_add(filter_.get(), ::seccomp_arch_resolve_name(name.c_str())), name);
    }
  }

  std::vector<sock_filter> Assemble() {
    for (const SeccompRule& rule : rules_.rules) {
      Add(rule);
    }
    std::vector<sock_filter> program = NewerCallsAreMissing();
    const std::vector<sock_filter> rest = Export();
    program.insert(program.end(), rest.begin(), rest.end());
    if (program.size() > BPF_MAXINSNS) {
      Refuse(what_, "the profile",
             std::to_string(program.size()) + " instructions long; the kernel takes " +
                 std::to_string(BPF_MAXINSNS));
    }
    return program;
  }

 private:
  void Check(int result, const std::string& position) const {
    if (result < 0) {
      Refuse(what_, position, std::string("libseccomp refuses it: ") + std::strerror(-result));
    }
  }

  void Add(const SeccompRule& rule) {
    if (rule.action == rules_.otherwise) {
      return;
    }
    for (const std::string& name : rule.names) {
      const std::optional<Call> call = Find(name);
      if (!call && rule.action.kind > rules_.otherwise.kind) {
        Refuse(what_, rule.position,
               "this version doesn't know the system call '" + name +
                   "', and leaving it out would allow more than the rule says");
      }
      // The library can't translate what it doesn't know to the numbers of another architecture.
      if (call && (!call->newer || rules_.compatible.empty())) {
        AddCall(rule, call->number);
      }
    }
  }

  void AddCall(const SeccompRule& rule, int number) {
    std::vector<scmp_arg_cmp> conditions;
    bool twice = false;
    for (const SeccompCondition& condition : rule.conditions) {
      twice = twice || std::any_of(conditions.begin(), conditions.end(), [&](const auto& other) {
                return other.arg == condition.argument;
              });
      conditions.push_back({.arg = condition.argument,
                            .op = ToLibrary(condition.op),
                            .datum_a = condition.value,
                            .datum_b = condition.masked});
    }
    const uint32_t action = ToLibrary(rule.action);
    if (!twice) {
      Check(::seccomp_rule_add_array(filter_.get(), action, number,
                                     static_cast<unsigned>(conditions.size()), conditions.data()),
            rule.position);
      return;
    }
    for (const scmp_arg_cmp& condition : conditions) {
      Check(::seccomp_rule_add_array(filter_.get(), action, number, 1, &condition), rule.position);
    }
  }

  // Calls above the largest that the profile names, when it refuses the rest with another errno.
  std::vector<sock_filter> NewerCallsAreMissing() const {
    int largest = -1;
    for (const std::string& name : rules_.known_names) {
      largest = std::max(largest, Find(name).value_or(Call{-1, false}).number);
    }
    if (rules_.otherwise.kind != Action::Kind::kErrno || rules_.otherwise.value == ENOSYS ||
        largest < 0) {
      return {};
    }
    const auto load = [](size_t at) {
      return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(at));
    };
    return {load(offsetof(seccomp_data, arch)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kNative, 0, 4),
            load(offsetof(seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kEndOfNumbers, 2, 0),
            BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, static_cast<uint32_t>(largest), 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)};
  }

  std::vector<sock_filter> Export() const {
    const base::UniqueFd file(::memfd_create("runner-seccomp", MFD_CLOEXEC));
    if (!file) {
      throw base::Error::FromErrno("make a memory file for the filter");
    }
    Check(::seccomp_export_bpf(filter_.get(), file.get()), "the profile");
    ::lseek(file.get(), 0, SEEK_SET);
    const std::string bytes = base::ReadAll(file.get(), "the filter");
    std::vector<sock_filter> program(bytes.size() / sizeof(sock_filter));
    std::memcpy(program.data(), bytes.data(), program.size() * sizeof(sock_filter));
    return program;
  }

  const SeccompRules& rules_;
  std::string what_;
  std::unique_ptr<void, decltype(&::seccomp_release)> filter_;
};

}  // namespace

std::vector<sock_filter> CompileSeccompRules(const SeccompRules& rules, std::string_view what) {
  return Assembler(rules, what).Assemble();
}

}  // namespace runtime::container
