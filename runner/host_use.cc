#include "runner/host_use.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <thread>
#include <utility>

#include "runner/host_share.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"
#include "runtime/base/text.h"
#include "runtime/base/units.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using base::UniqueFd;

// A process that is killed closes its files before it lets go of its locks, and nothing tells of
// the latter.
constexpr std::chrono::milliseconds kLookAgain{500};
constexpr size_t kMaxFile = 64 << 10;

// "holding 1.5 1073741824", the repository, what it is; a line each.
std::string ToText(const HostClaim& claim) {
  return std::string(claim.holding ? "holding" : "waiting") + " " +
         std::to_string(claim.share.cpus) + " " + std::to_string(claim.share.memory_bytes) + "\n" +
         claim.repository + "\n" + claim.what;
}

std::optional<HostClaim> FromText(const std::string& text, uint64_t ticket) {
  const std::vector<std::string_view> lines = base::Split(text, '\n');
  const std::vector<std::string_view> words = base::Split(lines.front(), ' ');
  if (lines.size() < 3 || words.size() != 3) {
    return std::nullopt;
  }
  HostClaim claim;
  claim.ticket = ticket;
  claim.holding = words[0] == "holding";
  std::from_chars(words[1].data(), words[1].data() + words[1].size(), claim.share.cpus);
  claim.share.memory_bytes = base::ParseInteger<uint64_t>(words[2]).value_or(0);
  claim.repository = lines[1];
  claim.what = lines[2];
  return claim;
}

void Write(int fd, const HostClaim& claim) {
  if (::ftruncate(fd, 0) != 0 || ::lseek(fd, 0, SEEK_SET) != 0) {
    throw base::Error::FromErrno("write what a step uses of the host");
  }
  base::WriteAll(fd, ToText(claim), "what a step uses of the host");
}

UniqueFd Watch(const fs::path& directory) {
  UniqueFd watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!watch || ::inotify_add_watch(watch.get(), directory.c_str(),
                                    IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE) < 0) {
    throw base::Error::FromErrno("watch " + directory.native());
  }
  return watch;
}

// Until something may have changed.
void AwaitChange(int watch, const base::StopEvent& stop) {
  pollfd events[] = {{watch, POLLIN, 0}, {stop.fd(), POLLIN, 0}};
  ::poll(events, std::size(events), static_cast<int>(kLookAgain.count()));
  char buffer[4096];
  while (::read(watch, buffer, sizeof buffer) > 0) {
  }
}

}  // namespace

HostUse::Held::~Held() {
  if (fd_) {
    ::unlink(file_.c_str());
  }
}

HostUse::HostUse(fs::path directory, const HostShare& capacity)
    : directory_(std::move(directory)), capacity_(capacity) {
  base::MakeDirectories(directory_);
}

HostUse HostUse::OfHost(const base::StateDir& state) {
  return {state.locks() / "host-use",
          {static_cast<double>(std::max(std::thread::hardware_concurrency(), 1U)), MemoryShare()}};
}

HostUse::Held HostUse::Take(HostClaim claim, const std::function<void(const std::string&)>& say,
                            const std::stop_token& stop) const {
  const auto begin = std::chrono::steady_clock::now();
  std::optional<UniqueFd> watch;
  std::optional<base::StopEvent> stopped;
  Held held = Ask(claim);
  while (true) {
    std::string reason;
    {
      const base::FileLock lock(LockPath());
      reason = WhyItWaits(ReadClaims(&held, claim), claim.ticket, capacity_);
      if (reason.empty()) {
        claim.holding = true;
        Write(held.fd_.get(), claim);
      }
    }
    if (reason.empty()) {
      break;
    }
    base::ThrowIfStopped(stop);
    if (watch) {
      AwaitChange(watch->get(), *stopped);
      continue;
    }
    watch = Watch(directory_);  // and look once more: it may have changed before
    stopped.emplace(stop);
    say(reason);
  }
  if (watch) {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begin);
    say("goes on after " + base::FormatDuration(waited));
  }
  return held;
}

HostUse::Held HostUse::Ask(HostClaim& claim) const {
  const base::FileLock lock(LockPath());
  uint64_t last = 0;
  for (const HostClaim& other : ReadClaims(nullptr, claim)) {
    last = std::max(last, other.ticket);
  }
  claim.ticket = last + 1;
  claim.holding = false;
  const fs::path file = directory_ / std::to_string(claim.ticket);
  Held held(file, base::OpenFile(file, O_RDWR | O_CREAT | O_EXCL));
  if (::flock(held.fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    throw base::Error::FromErrno("lock " + file.native());
  }
  Write(held.fd_.get(), claim);
  return held;
}

std::vector<HostClaim> HostUse::ReadClaims(const Held* own, const HostClaim& claim) const {
  std::vector<HostClaim> claims;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
    const std::string name = entry.path().filename();
    const std::optional<uint64_t> ticket = base::ParseInteger<uint64_t>(name);
    if (!ticket) {
      continue;
    }
    if (own != nullptr && own->file_ == entry.path()) {
      claims.push_back(claim);
      continue;
    }
    const UniqueFd fd(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) {
      continue;  // it has just gone
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
      ::unlink(entry.path().c_str());  // of a process that died
      continue;
    }
    if (auto found = FromText(base::ReadAll(fd.get(), name, kMaxFile), *ticket)) {
      claims.push_back(*std::move(found));
    }
  }
  return claims;
}

}  // namespace runner
