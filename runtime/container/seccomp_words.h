// The words of docker's seccomp profile format, and what they stand for here.
#pragma once

#include <linux/seccomp.h>

#include "runtime/container/seccomp_rules.h"

namespace runtime::container {

template <typename T>
struct SeccompWord {
  const char* text;
  T meaning;
};

#if defined(__x86_64__)
inline constexpr char kSeccompArchitecture[] = "amd64";
inline constexpr char kSeccompArchitectureToken[] = "SCMP_ARCH_X86_64";
#else
inline constexpr char kSeccompArchitecture[] = "arm64";
inline constexpr char kSeccompArchitectureToken[] = "SCMP_ARCH_AARCH64";
#endif

inline constexpr SeccompWord<SeccompAction::Kind> kSeccompActions[] = {
    {"SCMP_ACT_ALLOW", SeccompAction::Kind::kAllow},
    {"SCMP_ACT_LOG", SeccompAction::Kind::kLog},
    {"SCMP_ACT_TRACE", SeccompAction::Kind::kTrace},
    {"SCMP_ACT_ERRNO", SeccompAction::Kind::kErrno},
    {"SCMP_ACT_TRAP", SeccompAction::Kind::kTrap},
    {"SCMP_ACT_KILL", SeccompAction::Kind::kKillThread},
    {"SCMP_ACT_KILL_THREAD", SeccompAction::Kind::kKillThread},
    {"SCMP_ACT_KILL_PROCESS", SeccompAction::Kind::kKillProcess}};

inline constexpr SeccompWord<SeccompCondition::Op> kSeccompOps[] = {
    {"SCMP_CMP_NE", SeccompCondition::Op::kNotEqual},
    {"SCMP_CMP_LT", SeccompCondition::Op::kLess},
    {"SCMP_CMP_LE", SeccompCondition::Op::kLessOrEqual},
    {"SCMP_CMP_EQ", SeccompCondition::Op::kEqual},
    {"SCMP_CMP_GE", SeccompCondition::Op::kGreaterOrEqual},
    {"SCMP_CMP_GT", SeccompCondition::Op::kGreater},
    {"SCMP_CMP_MASKED_EQ", SeccompCondition::Op::kMaskedEqual}};

// TSYNC is about threads, and there are none yet.
inline constexpr SeccompWord<uint32_t> kSeccompFlags[] = {
    {"SECCOMP_FILTER_FLAG_TSYNC", 0},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW}};

// Those that this machine's kernel also runs, and those of other machines, which say nothing here.
inline constexpr SeccompWord<const char*> kSeccompTokens[] = {
    {"SCMP_ARCH_X86_64", nullptr},     {"SCMP_ARCH_AARCH64", nullptr},
#if defined(__x86_64__)
    {"SCMP_ARCH_X86", "x86"},          {"SCMP_ARCH_X32", "x32"},
    {"SCMP_ARCH_ARM", nullptr},
#else
    {"SCMP_ARCH_X86", nullptr},        {"SCMP_ARCH_X32", nullptr},
    {"SCMP_ARCH_ARM", "arm"},
#endif
    {"SCMP_ARCH_MIPS", nullptr},       {"SCMP_ARCH_MIPS64", nullptr},
    {"SCMP_ARCH_MIPS64N32", nullptr},  {"SCMP_ARCH_MIPSEL", nullptr},
    {"SCMP_ARCH_MIPSEL64", nullptr},   {"SCMP_ARCH_MIPSEL64N32", nullptr},
    {"SCMP_ARCH_PPC", nullptr},        {"SCMP_ARCH_PPC64", nullptr},
    {"SCMP_ARCH_PPC64LE", nullptr},    {"SCMP_ARCH_S390", nullptr},
    {"SCMP_ARCH_S390X", nullptr},      {"SCMP_ARCH_PARISC", nullptr},
    {"SCMP_ARCH_PARISC64", nullptr},   {"SCMP_ARCH_RISCV64", nullptr},
    {"SCMP_ARCH_LOONGARCH64", nullptr}};

inline constexpr const char* kSeccompArchitectures[] = {
    "amd64",  "x86",       "x32",      "arm",         "arm64",  "mips",    "mips64",
    "mipsel", "mips64n32", "mipsel64", "mipsel64n32", "ppc",    "ppc64",   "ppc64le",
    "s390",   "s390x",     "riscv64",  "loongarch64", "parisc", "parisc64"};

}  // namespace runtime::container
