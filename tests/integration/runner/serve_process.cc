#include "tests/integration/runner/serve_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>

#include "runtime/container/cgroup.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr int kPatience = 30'000;

bool IsNumber(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// Every process of the host with its parent.
std::map<pid_t, pid_t> Parents() {
  std::map<pid_t, pid_t> parents;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    std::string text;
    if (IsNumber(entry.path().filename()) &&
        std::getline(std::ifstream(entry.path() / "stat"), text, '\0')) {
      // "PID (NAME) STATE PARENT ...", where the name may hold anything.
      const size_t end = text.rfind(") ");
      parents[std::stoi(entry.path().filename())] = std::atoi(text.c_str() + end + 4);
    }
  }
  return parents;
}

bool IsBelow(pid_t pid, pid_t root, const std::map<pid_t, pid_t>& parents) {
  while (pid != root) {
    const auto parent = parents.find(pid);
    if (parent == parents.end()) {
      return false;
    }
    pid = parent->second;
  }
  return true;
}

// Mounts at or of something below `directory`, in any mount namespace.
std::vector<std::string> MountsOf(const fs::path& directory) {
  std::vector<std::string> found;
  for (const auto& [pid, parent] : Parents()) {
    std::ifstream mounts("/proc/" + std::to_string(pid) + "/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
      if (line.find(directory.native()) != std::string::npos) {
        found.push_back("mount seen by " + std::to_string(pid) + ": " + line);
      }
    }
  }
  return found;
}

}  // namespace

ServeProcess::ServeProcess(const fs::path& config) {
  const std::string program = std::string(std::getenv("RUNNER_BUILD")) + "/bin/runner";
  runtime::base::Pipe pipe = runtime::base::MakePipe();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(pipe.write.get(), STDOUT_FILENO);
    ::dup2(pipe.write.get(), STDERR_FILENO);
    ::execl(program.c_str(), "runner", "serve", "--config", config.c_str(), nullptr);
    ::_exit(127);
  }
  log_ = std::move(pipe.read);
}

ServeProcess::~ServeProcess() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    Wait();
  }
}

std::string ServeProcess::AwaitLine(const std::string& mark) {
  while (true) {
    const size_t end = unread_.find('\n');
    if (end != std::string::npos) {
      const std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (line.find(mark) != std::string::npos) {
        return line;
      }
      continue;
    }
    pollfd waited{log_.get(), POLLIN, 0};
    char buffer[4096];
    const ssize_t n =
        ::poll(&waited, 1, kPatience) == 1 ? ::read(log_.get(), buffer, sizeof buffer) : 0;
    if (n <= 0) {
      throw std::runtime_error("runner serve didn't say \"" + mark + "\" but: " + said_);
    }
    unread_.append(buffer, static_cast<size_t>(n));
    said_.append(buffer, static_cast<size_t>(n));
  }
}

std::string ServeProcess::AwaitAddress() {
  const std::string mark = "listening on ";
  const std::string line = AwaitLine(mark);
  return line.substr(line.find(mark) + mark.size());
}

std::string ServeProcess::ReadToEnd() {
  char buffer[4096];
  for (ssize_t n; (n = ::read(log_.get(), buffer, sizeof buffer)) > 0;) {
    said_.append(buffer, static_cast<size_t>(n));
  }
  return said_;
}

void ServeProcess::Signal(int number) const { ::kill(pid_, number); }

int ServeProcess::Wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<pid_t> ProcessesOf(pid_t root) {
  const std::map<pid_t, pid_t> parents = Parents();
  std::vector<pid_t> found;
  for (const auto& [pid, parent] : parents) {
    if (IsBelow(pid, root, parents)) {
      found.push_back(pid);
    }
  }
  return found;
}

Footprint::Footprint(pid_t server, const runtime::base::StateDir& state) : root_(state.root()) {
  for (const pid_t pid : ProcessesOf(server)) {
    runtime::base::UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (fd) {
      pidfds_.push_back(std::move(fd));
    }
  }
  const auto hierarchy = runtime::container::CgroupHierarchy::Detect();
  for (const fs::directory_entry& entry : fs::directory_iterator(state.containers())) {
    paths_.push_back(entry.path());
    for (const fs::path& cgroup :
         runtime::container::Cgroup::Directories(hierarchy, entry.path().filename(), {})) {
      if (fs::exists(cgroup)) {
        paths_.push_back(cgroup);
      }
    }
  }
}

std::vector<std::string> Footprint::AwaitGone(int milliseconds) const {
  const auto end = steady_clock::now() + std::chrono::milliseconds(milliseconds);
  std::vector<std::string> left;
  for (const runtime::base::UniqueFd& fd : pidfds_) {
    const auto rest =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now());
    pollfd waited{fd.get(), POLLIN, 0};
    if (::poll(&waited, 1, std::max<int>(0, static_cast<int>(rest.count()))) != 1) {
      left.push_back("a process");
    }
  }
  for (const fs::path& path : paths_) {
    if (fs::exists(path)) {
      left.push_back(path);
    }
  }
  const std::vector<std::string> mounts = MountsOf(root_);
  left.insert(left.end(), mounts.begin(), mounts.end());
  return left;
}

}  // namespace runner
