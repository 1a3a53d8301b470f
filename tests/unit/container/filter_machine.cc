#include "tests/unit/container/filter_machine.h"

#include <gtest/gtest.h>

#include <cstring>

namespace tests {

// The part of classic BPF that seccomp(2) takes and libseccomp uses.
uint32_t RunFilter(std::span<const sock_filter> filter, const seccomp_data& call) {
  uint32_t value = 0;
  for (size_t at = 0; at < filter.size(); ++at) {
    const sock_filter& step = filter[at];
    bool jump = false;
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&value, reinterpret_cast<const char*>(&call) + step.k, sizeof value);
        continue;
      case BPF_ALU | BPF_AND | BPF_K:
        value &= step.k;
        continue;
      case BPF_JMP | BPF_JA:
        at += step.k;
        continue;
      case BPF_RET | BPF_K:
        return step.k;
      case BPF_JMP | BPF_JEQ | BPF_K:
        jump = value == step.k;
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        jump = value > step.k;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        jump = value >= step.k;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        jump = (value & step.k) != 0;
        break;
      default:
        ADD_FAILURE() << "instruction " << step.code;
        return 0;
    }
    at += jump ? step.jt : step.jf;
  }
  ADD_FAILURE() << "the filter has no end";
  return 0;
}

}  // namespace tests
