// The default seccomp profile as data: what a container's programs may ask of the kernel.
//
// Deny by default. What is in no list answers ENOSYS, so that libraries fall back (clone3 to
// clone); what is known and dangerous answers EPERM, as an unprivileged user would see it. 32-bit
// and x32 calls kill the process. Based on what docker allows, tightened for CI: no new namespaces,
// no terminal injection, only ordinary socket families. ptrace and process_vm_* stay allowed
// (sanitizers, debuggers): they end at the PID namespace.
#pragma once

#include <cstdint>

#include "runtime/container/seccomp_allowed_calls.h"

namespace runtime::container {

// Known and refused with EPERM.
inline constexpr const char* kRefusedCalls[] = {
    "acct",
    "add_key",
    "adjtimex",
    "bpf",
    "clock_adjtime",
    "clock_settime",
    "create_module",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "get_kernel_syms",
    "get_mempolicy",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "mbind",
    "memfd_secret",
    "mount",
    "mount_setattr",
    "move_mount",
    "move_pages",
    "migrate_pages",
    "name_to_handle_at",
    "nfsservctl",
    "open_by_handle_at",
    "open_tree",
    "open_tree_attr",
    "perf_event_open",
    "pidfd_getfd",
    "pivot_root",
    "process_madvise",
    "query_module",
    "quotactl",
    "quotactl_fd",
    "reboot",
    "request_key",
    "set_mempolicy",
    "set_mempolicy_home_node",
    "setdomainname",
    "sethostname",
    "setns",
    "settimeofday",
    "swapoff",
    "swapon",
    "syslog",
    "umount2",
    "unshare",
    "uselib",
    "userfaultfd",
    "vhangup",
    "vmsplice",
};

// Any namespace by clone(2): CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
inline constexpr uint64_t kNamespaceFlags = 0x7E020000;

// personality(2): the default, no address randomisation (debuggers), and the question itself.
inline constexpr uint64_t kPersonalities[] = {0, 0x0040000, 0xFFFFFFFF};

// AF_UNIX, AF_INET, AF_INET6; AF_NETLINK with NETLINK_ROUTE only. Pairs are AF_UNIX's alone.
inline constexpr int kSocketFamilies[] = {1, 2, 10};
inline constexpr int kNetlinkFamily = 16;

// TIOCSTI and TIOCLINUX put characters into a terminal's input (CVE-2017-5226). They differ in
// their last hex digit only; the compiler relies on it.
inline constexpr uint32_t kRefusedIoctls[] = {0x5412, 0x541C};

}  // namespace runtime::container
