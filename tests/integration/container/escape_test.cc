// A container is said to have ended only when nothing of it is left, whatever it does to stay; and
// meanwhile it takes nobody's share.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <sstream>

#include "runtime/base/files.h"
#include "tests/integration/container/frozen_group.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

Words EscaperWords(const Words& options, const Words& arguments, const fs::path& build) {
  Words words = {"run", "-v", (build / "tests/probe").string() + ":/probe:ro"};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {"busybox", "/probe/escaper"});
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

class Escape : public RunTest {
 protected:
  // A container of /probe/escaper that is ready, and is killed when this time is over.
  void Start(const Words& arguments, Words options = {},
             std::chrono::seconds timeout = std::chrono::seconds(2)) {
    options.insert(options.end(),
                   {"--timeout", std::to_string(timeout.count()) + "s", "--stop-timeout", "0"});
    deadline_ = Clock::now() + timeout;
    run_.emplace(Runner(EscaperWords(options, arguments, build())));
    run_->ReadUntil("ready");
    const std::string init = std::to_string(InitOf(*run_));
    ASSERT_EQ(::stat(("/proc/" + init + "/ns/pid").c_str(), &namespace_), 0);
    groups_ = base::ReadFile("/proc/" + init + "/cgroup");
  }

  // It does end, and when it is said to have ended, nothing of it is left. How soon that is,
  // `make bench` measures: a machine with other work to do takes longer, and that is no fault.
  void ExpectEnd() {
    constexpr std::chrono::seconds kPatience(30);
    const auto bound = deadline_ + kPatience - Clock::now();
    ASSERT_TRUE(run_->EndsWithin(std::chrono::duration_cast<std::chrono::milliseconds>(bound)))
        << ProcessesLeft() << " processes of it are still there";
    EXPECT_EQ(run_->Wait().code, 124);
    EXPECT_EQ(ProcessesLeft(), 0);
    for (const fs::path& cgroup : Cgroups()) {
      EXPECT_FALSE(fs::exists(cgroup)) << cgroup;
    }
  }

  // Of its PID namespace, as the host sees them.
  int ProcessesLeft() const {
    int left = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
      struct stat st;
      left += ::stat((entry.path() / "ns/pid").c_str(), &st) == 0 &&
                      st.st_ino == namespace_.st_ino && st.st_dev == namespace_.st_dev
                  ? 1
                  : 0;
    }
    return left;
  }

  // Its own, which have its id: "9:pids:/runner/ID", or "0::/runner/ID".
  std::vector<fs::path> Cgroups() const {
    std::vector<fs::path> cgroups;
    std::istringstream lines(groups_);
    for (std::string line; std::getline(lines, line);) {
      const size_t controller = line.find(':') + 1;
      const size_t path = line.find(':', controller) + 1;
      const fs::path relative = fs::path(line.substr(path)).relative_path();
      if (relative.parent_path().filename() == "runner") {
        cgroups.push_back(fs::path("/sys/fs/cgroup") /
                          line.substr(controller, path - 1 - controller) / relative);
      }
    }
    return cgroups;
  }

 private:
  std::optional<Process> run_;
  Clock::time_point deadline_;
  std::string groups_;
  struct stat namespace_ = {};
};

TEST_F(Escape, OfAForkBombFails) {
  // The second works without cgroups (setrlimit(2), RLIMIT_NPROC; by user namespace).
  Start({"bomb"}, rootless() ? Words{"--ulimit", "nproc=500"} : Words{"--pids-limit", "500"});
  ExpectEnd();
}

TEST_F(Escape, IntoSessionsOfTheirOwnIgnoringAllSignalsFails) {
  Start({"detached"});
  EXPECT_GE(ProcessesLeft(), 20);
  ExpectEnd();
}

TEST_F(Escape, ByHoldingATerminalFails) {
  Start({"detached"}, {"-t"});
  EXPECT_GE(ProcessesLeft(), 20);
  ExpectEnd();
}

TEST_F(Escape, ByStoppingItselfFails) {
  Start({"stopped"});
  ExpectEnd();
}

TEST_F(Escape, OfAStoppedTracerAndWhomItTracesFails) {
  Start({"traced"});
  ExpectEnd();
}

TEST_F(Escape, IntoATreeOf10000ProcessesWithAZombieEachFails) {
  Start({"deep", "10000"}, {"--pids-limit", "-1"}, std::chrono::seconds(15));
  EXPECT_GE(ProcessesLeft(), 10'000);
  ExpectEnd();
}

// As an administrator, or `docker pause`, does it. Nothing inside could.
using FrozenEscape = Escape;
TEST_F(FrozenEscape, OfAContainerFails) {
  Start({"detached"});
  ASSERT_FALSE(Cgroups().empty());
  const FrozenGroup group(Cgroups().front());
  EXPECT_GE(group.count(), 20);
  ExpectEnd();
}

class Neighbour : public RunTest {
 protected:
  // What the container's program has used of the processors.
  static std::chrono::milliseconds CpuTime(const Process& run) {
    const std::string init = std::to_string(InitOf(run));
    std::istringstream children(base::ReadFile("/proc/" + init + "/task/" + init + "/children"));
    std::string program;
    children >> program;
    const std::string stat = base::ReadFile("/proc/" + program + "/stat");
    std::istringstream fields(
        stat.substr(stat.rfind(')') + 1));  // proc_pid_stat(5): from the third
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
      fields >> skipped;
    }
    long user = 0;
    long system = 0;
    fields >> user >> system;
    return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
  }
};

// Each container has one share, however many processes and sessions it makes. A fair share of this
// one is a half of a processor at least, and others may be at work on this host.
TEST_F(Neighbour, OfAForkBombKeepsItsShareOfTheProcessors) {
  Process neighbour(RunWords({}, {"sh", "-c", "echo ready; while :; do :; done"}));
  neighbour.ReadUntil("ready");
  const auto cpu_before = CpuTime(neighbour);
  const auto before = Clock::now();
  RunToEnd(Runner(EscaperWords({"--pids-limit", "500", "--timeout", "3s", "--stop-timeout", "0"},
                               {"bomb"}, build())));
  const std::chrono::duration<double> wall = Clock::now() - before;
  const std::chrono::duration<double> cpu = CpuTime(neighbour) - cpu_before;
  EXPECT_GT(cpu.count(), wall.count() / 6);
}

}  // namespace
}  // namespace tests
