// What is left when the runner itself dies.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <sstream>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/container_directory.h"
#include "tests/integration/container/frozen_group.h"
#include "tests/integration/container/run_fixture.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;

class Crash : public RunTest {
 protected:
  // With as many cgroups as there can be.
  Crash()
      : process_(RunWords(rootless() ? Words{} : Words{"--cpus", "1"},
                          {"sh", "-c", "echo ready; exec sleep 1000"})) {
    process_.ReadUntil("ready");
    for (const fs::directory_entry& entry : fs::directory_iterator(state() / "containers")) {
      id_ = entry.path().filename();
    }
    std::istringstream children(base::ReadFile("/proc/" + std::to_string(process_.pid()) +
                                               "/task/" + std::to_string(process_.pid()) +
                                               "/children"));
    for (pid_t pid = 0; children >> pid;) {
      const bool reaper =
          base::ReadFile("/proc/" + std::to_string(pid) + "/comm") == "runner-reaper\n";
      (reaper ? reaper_ : init_) = pid;
    }
    if (reaper_ <= 0 || init_ <= 0) {  // kill(2) of -1 would mean everybody.
      throw base::Error(base::ErrorKind::kInternal, "no container runs");
    }
  }

  // The cgroups of the container that exist.
  std::vector<fs::path> Cgroups() const {
    std::vector<fs::path> found;
    for (const char* controller : {"", "pids", "memory", "cpu"}) {
      const fs::path path = fs::path("/sys/fs/cgroup") / controller / "runner" / id_;
      if (fs::exists(path)) {
        found.push_back(path);
      }
    }
    return found;
  }
  fs::path directory() const { return state() / "containers" / id_; }

  static base::UniqueFd PidFd(pid_t pid) {
    return base::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  }
  // Whether the process ends within that time.
  static bool Ends(const base::UniqueFd& process, int milliseconds) {
    pollfd event = {process.get(), POLLIN, 0};
    return ::poll(&event, 1, milliseconds) == 1;
  }

  bool alone_ = ContainersAreGone();  // Before it starts: its directory is the only one.
  Process process_;
  std::string id_;
  pid_t reaper_ = -1;
  pid_t init_ = -1;
};

TEST_F(Crash, LeavesNothing) {
  ASSERT_GT(reaper_, 0);
  ASSERT_GT(init_, 0);
  EXPECT_EQ(Cgroups().empty(), rootless());
  EXPECT_TRUE(fs::exists(directory()));
  const base::UniqueFd reaper = PidFd(reaper_);
  const base::UniqueFd init = PidFd(init_);
  process_.Signal(SIGKILL);
  EXPECT_TRUE(Ends(init, 2000));
  EXPECT_TRUE(Ends(reaper, 2000));
  EXPECT_TRUE(Cgroups().empty());
  EXPECT_FALSE(fs::exists(directory()));
  EXPECT_EQ(base::ReadFile("/proc/self/mounts").find(state().string()), std::string::npos);
}

using FrozenCrash = Crash;

TEST_F(FrozenCrash, LeavesNothing) {
  const base::UniqueFd init = PidFd(init_);
  const base::UniqueFd reaper = PidFd(reaper_);
  const FrozenGroup group(Cgroups().front());
  EXPECT_GE(group.count(), 2);
  process_.Signal(SIGKILL);
  EXPECT_TRUE(Ends(init, 5000));
  EXPECT_TRUE(Ends(reaper, 5000));
  EXPECT_TRUE(Cgroups().empty());
  EXPECT_FALSE(fs::exists(directory()));
}

TEST_F(Crash, OfTheReaperTooIsReclaimedByTheNextSweep) {
  const base::UniqueFd init = PidFd(init_);
  ::kill(reaper_, SIGKILL);
  process_.Signal(SIGKILL);
  if (!Ends(init, 2000)) {
    ADD_FAILURE() << "init outlives its runner";
    ::kill(init_, SIGKILL);  // Else the output would have no end.
  }
  process_.Wait();
  EXPECT_TRUE(fs::exists(directory()));
  runtime::container::SweepLeftovers(base::StateDir(state()),
                                     runtime::container::CgroupHierarchy::Detect());
  EXPECT_TRUE(Cgroups().empty());
  EXPECT_FALSE(fs::exists(directory()));
}

TEST_F(Crash, OfTheReaperAloneDoesNotDisturbTheRun) {
  const base::UniqueFd reaper = PidFd(reaper_);
  ::kill(reaper_, SIGKILL);
  EXPECT_TRUE(Ends(reaper, 10'000));
  process_.Signal(SIGINT);
  EXPECT_EQ(process_.Wait().code, 128 + SIGINT);
  EXPECT_TRUE(Cgroups().empty());
  EXPECT_FALSE(fs::exists(directory()));
}

// Who ends a whole group of processes, or a session, must not end the one that cleans up.
TEST_F(Crash, LeavesNothingAlsoWhenTheReaperIsAskedToStop) {
  const base::UniqueFd reaper = PidFd(reaper_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    ::kill(reaper_, signal);
  }
  process_.Signal(SIGKILL);
  EXPECT_TRUE(Ends(reaper, 10'000));
  EXPECT_TRUE(Cgroups().empty());
  EXPECT_FALSE(fs::exists(directory()));
}

// Else who reads the runner's output to its end would wait for the removal of what is left.
TEST_F(Crash, FindsNoDescriptorOfTheRunnerInTheReaper) {
  const fs::path process = "/proc/" + std::to_string(reaper_);
  EXPECT_TRUE(WaitUntil(
      [&] {
        return std::distance(fs::directory_iterator(process / "fd"), fs::directory_iterator()) == 1;
      },
      std::chrono::seconds(10)));
  EXPECT_EQ(fs::read_symlink(process / "cwd"), "/");
  EXPECT_EQ(::getsid(reaper_), reaper_);
}

TEST_F(Crash, LeavesADirectoryThatIsClosedToOthers) {
  struct stat st;
  ASSERT_EQ(::stat(directory().c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777u, 0700u);
}

TEST_F(Crash, OfAnotherRunnerIsNoReasonToSweepWhatRuns) {
  runtime::container::SweepLeftovers(base::StateDir(state()),
                                     runtime::container::CgroupHierarchy::Detect());
  EXPECT_EQ(Cgroups().empty(), rootless());
  EXPECT_TRUE(fs::exists(directory()));
}

TEST_F(Crash, OfInitIsToldAsAKill) {
  ::kill(init_, SIGKILL);
  EXPECT_EQ(process_.Wait().code, 128 + SIGKILL);
}

}  // namespace
}  // namespace tests
