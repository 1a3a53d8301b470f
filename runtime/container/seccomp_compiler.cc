// seccomp_compiler FILE: compiles seccomp_profile.h with libseccomp into a BPF program. Runs when
// the product is built; what it writes is built in.
#include <fcntl.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "runtime/container/seccomp_newer_calls.h"
#include "runtime/container/seccomp_profile.h"

namespace runtime::container {
namespace {

void Check(int result, const char* what) {
  if (result < 0) {
    std::fprintf(stderr, "seccomp_compiler: %s: %s\n", what, std::strerror(-result));
    std::exit(1);
  }
}

int Number(const char* name) {
  const int number = seccomp_syscall_resolve_name(name);
  if (number != __NR_SCMP_ERROR) {
    return number;
  }
  const auto* newer =
      std::find_if(std::begin(kNewerCalls), std::end(kNewerCalls),
                   [&](const NewerCall& call) { return std::strcmp(name, call.name) == 0; });
  Check(newer == std::end(kNewerCalls) ? -EINVAL : 0, name);
  return newer->number;
}

// As libseccomp's SCMP_A0() and others make it, whose form is C's alone.
scmp_arg_cmp Argument(unsigned number, scmp_compare comparison, scmp_datum_t a,
                      scmp_datum_t b = 0) {
  return {number, comparison, a, b};
}

// Numbers below zero are calls that this machine doesn't have.
void Add(scmp_filter_ctx filter, uint32_t action, const char* name) {
  if (const int number = Number(name); number >= 0) {
    Check(seccomp_rule_add(filter, action, number, 0), name);
  }
}

void AddIf(scmp_filter_ctx filter, uint32_t action, const char* name, scmp_arg_cmp condition) {
  Check(seccomp_rule_add(filter, action, Number(name), 1, condition), name);
}

void AddSockets(scmp_filter_ctx filter) {
  const uint32_t refuse = SCMP_ACT_ERRNO(EAFNOSUPPORT);
  for (int family = 0; family < kNetlinkFamily; ++family) {
    const bool allowed = std::find(std::begin(kSocketFamilies), std::end(kSocketFamilies),
                                   family) != std::end(kSocketFamilies);
    AddIf(filter, allowed ? SCMP_ACT_ALLOW : refuse, "socket",
          Argument(0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(family)));
  }
  AddIf(filter, refuse, "socket", Argument(0, SCMP_CMP_GT, kNetlinkFamily));
  Check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, Number("socket"), 2,
                         Argument(0, SCMP_CMP_EQ, kNetlinkFamily), Argument(2, SCMP_CMP_EQ, 0)),
        "socket");
  Check(seccomp_rule_add(filter, refuse, Number("socket"), 2,
                         Argument(0, SCMP_CMP_EQ, kNetlinkFamily), Argument(2, SCMP_CMP_NE, 0)),
        "socket");
  AddIf(filter, SCMP_ACT_ALLOW, "socketpair", Argument(0, SCMP_CMP_EQ, AF_UNIX));
  AddIf(filter, refuse, "socketpair", Argument(0, SCMP_CMP_NE, AF_UNIX));
}

// The kernel looks at the low 32 bits of the request only, so the rules must too (CVE-2019-10063):
// allowed is every request that differs from the refused ones in some bit of their common part, or
// has another last digit.
void AddIoctl(scmp_filter_ctx filter) {
  const uint32_t common = kRefusedIoctls[0] & ~0xFu;
  for (int bit = 4; bit < 32; ++bit) {
    const uint64_t mask = uint64_t{1} << bit;
    AddIf(filter, SCMP_ACT_ALLOW, "ioctl", Argument(1, SCMP_CMP_MASKED_EQ, mask, ~common & mask));
  }
  for (uint32_t digit = 0; digit < 16; ++digit) {
    const uint32_t request = common | digit;
    const bool refused = std::find(std::begin(kRefusedIoctls), std::end(kRefusedIoctls), request) !=
                         std::end(kRefusedIoctls);
    AddIf(filter, refused ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW, "ioctl",
          Argument(1, SCMP_CMP_MASKED_EQ, 0xFFFFFFFF, request));
  }
}

void Compile(const char* path) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
  Check(filter == nullptr ? -ENOMEM : 0, "seccomp_init");
  Check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
        "bad architecture");
  Check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimize");
  for (const char* name : kAllowedCalls) {
    Add(filter, SCMP_ACT_ALLOW, name);
  }
  for (const char* name : kRefusedCalls) {
    Add(filter, SCMP_ACT_ERRNO(EPERM), name);
  }
  AddIf(filter, SCMP_ACT_ALLOW, "clone", Argument(0, SCMP_CMP_MASKED_EQ, kNamespaceFlags, 0));
  for (const uint64_t value : kPersonalities) {
    AddIf(filter, SCMP_ACT_ALLOW, "personality", Argument(0, SCMP_CMP_EQ, value));
  }
  AddSockets(filter);
  AddIoctl(filter);
  const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  Check(file < 0 ? -errno : 0, path);
  Check(seccomp_export_bpf(filter, file), "export");
  seccomp_release(filter);
  ::close(file);
}

}  // namespace
}  // namespace runtime::container

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: seccomp_compiler FILE\n");
    return 2;
  }
  runtime::container::Compile(argv[1]);
  return 0;
}
