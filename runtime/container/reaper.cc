#include "runtime/container/reaper.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <set>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/cgroup.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::Error;
using base::UniqueFd;

namespace {

// A packet is "+cPATH" to watch a cgroup, "-dPATH" to forget a directory.
constexpr char kWatch = '+';
constexpr char kForget = '-';

// What is left goes: cgroups first, since a killed process may still write to the directory.
void CleanUp(const std::set<std::string>& watched) {
  for (const std::string& entry : watched) {
    if (entry.front() == static_cast<char>(Reaper::Kind::kCgroup)) {
      DestroyCgroups({entry.substr(1)}, 5000);
    }
  }
  for (const std::string& entry : watched) {
    if (entry.front() == static_cast<char>(Reaper::Kind::kDirectory)) {
      try {
        base::RemoveTree(entry.substr(1));
      } catch (const Error&) {
        // The next start's sweep takes it.
      }
    }
  }
}

[[noreturn]] void Serve(UniqueFd orders) {
  ::setsid();
  ::prctl(PR_SET_NAME, "runner-reaper");
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    ::sigaction(signal, &ignore, nullptr);
  }
  // Whoever waits for the end of our output must not wait for this process.
  const int fd = ::dup2(orders.get(), 0);
  ::syscall(SYS_close_range, 1, ~0U, 0);
  std::set<std::string> watched;
  std::array<char, 8192> packet;
  while (true) {
    const ssize_t n = ::recv(fd, packet.data(), packet.size(), 0);
    if (n <= 0) {
      break;
    }
    const std::string entry(packet.data() + 1, static_cast<size_t>(n - 1));
    if (packet[0] == kWatch) {
      watched.insert(entry);
    } else {
      watched.erase(entry);
    }
  }
  CleanUp(watched);
  ::_exit(0);
}

}  // namespace

Reaper Reaper::Start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error::FromErrno("socket of the reaper");
  }
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) {
    throw Error::FromErrno("fork the reaper");
  }
  if (child == 0) {
    ours.Reset();
    Serve(std::move(theirs));
  }
  return Reaper(std::move(ours));
}

bool Reaper::Send(char verb, Kind kind, const fs::path& path) {
  const std::string packet = std::string{verb, static_cast<char>(kind)} + path.string();
  return ::send(orders_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) >= 0;
}

void Reaper::Watch(Kind kind, const fs::path& path) {
  if (!Send(kWatch, kind, path)) {
    throw Error::FromErrno("tell the reaper");
  }
}

void Reaper::Forget(Kind kind, const fs::path& path) noexcept { Send(kForget, kind, path); }

}  // namespace runtime::container
