// probe NAME...: a static program for the inside of a container. Makes each named call once and
// prints "NAME ANSWER": ok, or the name of errno, or the signal that ended a child that made it.
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

constexpr unsigned long kHighBits = 0x1'0000'0000UL;

long Clone3(uint64_t flags) {
  clone_args arguments = {};
  arguments.flags = flags;
  arguments.exit_signal = SIGCHLD;
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid == 0) {
    ::_exit(0);
  }
  return pid;
}

long Clone(unsigned long flags) {
  const long pid = ::syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (pid == 0) {
    ::_exit(0);
  }
  return pid;
}

long SetNamespace() {
  const int own = ::open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
  return ::setns(own, 0);
}

long IoUring() {
  io_uring_params parameters = {};
  return ::syscall(SYS_io_uring_setup, 1, &parameters);
}

long Bpf() {
  bpf_attr attributes = {};
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = attributes.value_size = 4;
  attributes.max_entries = 1;
  return ::syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes);
}

long Ioctl(unsigned long request) {
  char data = 'x';
  return ::syscall(SYS_ioctl, STDIN_FILENO, request, &data);
}

long TraceChild() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSTOPPED(status)) {
    errno = ECHILD;
    return -1;
  }
  const long result = ::ptrace(PTRACE_CONT, child, nullptr, nullptr);
  ::waitpid(child, &status, 0);
  return result;
}

// Unlike busybox, which gives up what a set-user-id file gave it.
long EffectiveRoot() {
  errno = EACCES;
  return ::geteuid() == 0 ? 0 : -1;
}

// Of a socket of the host's that network_test.cc has there.
long ConnectToCanary() {
  const sockaddr_un name = {AF_UNIX, "\0canary-of-the-host"};
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name);
}

long OpenInit(const char* path, int flags) { return ::open(path, flags | O_CLOEXEC); }

long I386Call() {
#if defined(__x86_64__)
  long result;
  asm volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");  // getpid
  return result;
#else
  return ::raise(SIGSYS);
#endif
}

long X32Call() { return ::syscall(0x40000000 | SYS_getpid); }

struct Call {
  const char* name;
  long (*make)();
};

const Call kCalls[] = {
    {"unshare-user", [] { return long{::unshare(CLONE_NEWUSER)}; }},
    {"unshare-mount", [] { return long{::unshare(CLONE_NEWNS)}; }},
    {"clone-user", [] { return Clone(CLONE_NEWUSER); }},
    {"clone-plain", [] { return Clone(0); }},
    {"clone3", [] { return Clone3(0); }},
    {"setns", SetNamespace},
    {"mount", [] { return long{::mount("x", "/mnt", "tmpfs", 0, nullptr)}; }},
    {"umount", [] { return long{::umount2("/proc", MNT_DETACH)}; }},
    {"fsopen", [] { return ::syscall(SYS_fsopen, "tmpfs", 0); }},
    {"open-tree", [] { return ::syscall(SYS_open_tree, AT_FDCWD, "/", 1); }},
    {"pivot-root", [] { return ::syscall(SYS_pivot_root, ".", "."); }},
    {"keyctl", [] { return ::syscall(SYS_keyctl, 0, -3, 1); }},
    {"add-key", [] { return ::syscall(SYS_add_key, "user", "k", "v", 1, -3); }},
    {"bpf", Bpf},
    {"userfaultfd", [] { return ::syscall(SYS_userfaultfd, 1); }},
    {"io-uring", IoUring},
    {"perf", [] { return ::syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0); }},
    {"handle", [] { return ::syscall(SYS_open_by_handle_at, AT_FDCWD, nullptr, 0); }},
    {"alg", [] { return long{::socket(38, SOCK_SEQPACKET, 0)}; }},
    {"alg-high", [] { return ::syscall(SYS_socket, 38 | kHighBits, SOCK_SEQPACKET, 0); }},
    {"vsock", [] { return long{::socket(40, SOCK_STREAM, 0)}; }},
    {"packet", [] { return long{::socket(AF_PACKET, SOCK_RAW, 0)}; }},
    {"netfilter", [] { return long{::socket(AF_NETLINK, SOCK_RAW, 12)}; }},
    {"route", [] { return long{::socket(AF_NETLINK, SOCK_RAW, 0)}; }},
    {"inet", [] { return long{::socket(AF_INET, SOCK_STREAM, 0)}; }},
    {"unix", [] { return long{::socket(AF_UNIX, SOCK_STREAM, 0)}; }},
    {"sti", [] { return Ioctl(0x5412); }},
    {"sti-high", [] { return Ioctl(0x5412 | kHighBits); }},
    {"linux-ioctl", [] { return Ioctl(0x541C); }},
    {"linux-ioctl-high", [] { return Ioctl(0x541C | kHighBits); }},
    {"window-ioctl", [] { return Ioctl(0x5413); }},
    {"trace-child", TraceChild},
    {"i386", I386Call},
    {"x32", X32Call},
    {"disk", [] { return long{::mknod("/disk", S_IFBLK | 0600, makedev(8, 0))}; }},
    {"sethostname", [] { return long{::sethostname("x", 1)}; }},
    {"abstract-canary", ConnectToCanary},
    {"no-such-call", [] { return ::syscall(9999); }},
    {"effective-root", [] { return EffectiveRoot(); }},
    {"init-exe", [] { return OpenInit("/proc/1/exe", O_RDONLY); }},
    {"init-exe-write", [] { return OpenInit("/proc/1/exe", O_WRONLY); }},
    {"init-memory", [] { return OpenInit("/proc/1/mem", O_RDWR); }},
    {"init-environment", [] { return OpenInit("/proc/1/environ", O_RDONLY); }},
    {"init-descriptors", [] { return OpenInit("/proc/1/fd/4", O_RDWR); }},
    {"init-trace", [] { return ::ptrace(PTRACE_SEIZE, 1, nullptr, nullptr); }},
};

// In a child: a call may kill, or change what the next one sees.
void Try(const Call& call) {
  const pid_t child = ::fork();
  if (child == 0) {
    errno = 0;
    const long result = call.make();
    ::_exit(result >= 0 ? 0 : errno);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const char* answer = "ok";
  if (WIFSIGNALED(status)) {
    answer = ::sigabbrev_np(WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0) {
    answer = ::strerrorname_np(WEXITSTATUS(status));
  }
  std::printf("%s %s\n", call.name, answer);
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    for (const Call& call : kCalls) {
      if (std::strcmp(call.name, argv[i]) == 0) {
        Try(call);
      }
    }
  }
  return 0;
}
