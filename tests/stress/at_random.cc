// kill -9 of any of our processes, at any moment.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/container/container_directory.h"
#include "tests/stress/inventory.h"
#include "tests/stress/modes.h"
#include "tests/stress/scratch_host.h"
#include "tests/support/wait_until.h"

extern char** environ;

namespace tests {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;

pid_t StartRun(const ScratchHost& scratch) {
  const std::string program = scratch.program();
  std::vector<const char*> words = {program.c_str(),
                                    "run",
                                    "busybox",
                                    "sh",
                                    "-c",
                                    "dd if=/dev/zero of=/big bs=64k count=64; sleep 0.02",
                                    nullptr};
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  for (int fd = 0; fd < 3; ++fd) {
    ::posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_RDWR, 0);
  }
  pid_t child = -1;
  const int failure = ::posix_spawn(&child, words[0], &quiet, nullptr,
                                    const_cast<char* const*>(words.data()), environ);
  ::posix_spawn_file_actions_destroy(&quiet);
  if (failure != 0) {
    throw base::Error::FromErrno("run " + program, failure);
  }
  return child;
}

// runner itself, or one of its children, whichever `choice` meets.
pid_t Victim(pid_t runner, unsigned choice) {
  std::vector<pid_t> ours = ChildrenOf(runner);
  ours.insert(ours.begin(), runner);
  return ours[choice % ours.size()];
}

}  // namespace

bool KillAtRandom(int rounds) {
  ScratchHost scratch;
  const auto runs = [&] { return RunQuietly({scratch.program(), "run", "busybox", "true"}) == 0; };
  // What a state directory needs once is made with its first container.
  if (!runs() || !WaitUntil([&] { return std::filesystem::is_empty(scratch.state().containers()); },
                            std::chrono::seconds(5))) {
    std::puts("a run fails, or leaves its directory");
    return false;
  }
  const Inventory before = TakeInventory(scratch.state().root());
  std::mt19937 random(
      static_cast<unsigned>(rounds));  // the same moments each time, as far as may be
  int survived = 0;
  for (int round = 0; round < rounds; ++round) {
    const pid_t runner = StartRun(scratch);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
    ::kill(Victim(runner, random()), SIGKILL);
    int status = 0;
    ::waitpid(runner, &status, 0);
    survived += WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 1 : 0;
  }
  // Files that a killed reaper left are the next start's to reclaim; all else goes by itself.
  Inventory after;
  const bool ended = WaitUntil(
      [&] {
        after = TakeInventory(scratch.state().root());
        after.files = 0;
        after.cgroups = 0;
        return HasNotGrown(before, after, 1024);
      },
      std::chrono::seconds(5));
  container::SweepLeftovers(scratch.state(), container::CgroupHierarchy::Detect());
  after = TakeInventory(scratch.state().root());
  const bool clean = ended && HasNotGrown(before, after, 1024);
  const bool works = runs();
  std::printf("%d runs, one of our processes killed in each; %d came to their end all the same\n",
              rounds, survived);
  std::printf("before: %s\nafter:  %s\n%s; the next run %s\n", Describe(before).c_str(),
              Describe(after).c_str(), clean ? "nothing is left" : "SOMETHING IS LEFT",
              works ? "works" : "FAILS");
  return clean && works;
}

}  // namespace tests
