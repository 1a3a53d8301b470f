// The kernel's part of a system call filter, in a test: runs the program on one call.
#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cerrno>
#include <cstdint>
#include <span>

namespace tests {

// AUDIT_ARCH_* of this machine, and of its 32-bit calls.
#if defined(__x86_64__)
inline constexpr uint32_t kNativeAbi = AUDIT_ARCH_X86_64;
inline constexpr uint32_t kOtherAbi = AUDIT_ARCH_I386;
#else
inline constexpr uint32_t kNativeAbi = AUDIT_ARCH_AARCH64;
inline constexpr uint32_t kOtherAbi = AUDIT_ARCH_ARM;
#endif

inline constexpr uint32_t kEperm = SECCOMP_RET_ERRNO | EPERM;
inline constexpr uint32_t kEnosys = SECCOMP_RET_ERRNO | ENOSYS;

// What the filter answers (SECCOMP_RET_*). A program that isn't valid fails the test.
uint32_t RunFilter(std::span<const sock_filter> filter, const seccomp_data& call);

}  // namespace tests
