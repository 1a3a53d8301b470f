// Containers from one process: many in a row, and many at once.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "tests/stress/inventory.h"
#include "tests/stress/modes.h"
#include "tests/stress/scratch_host.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace container = runtime::container;
using Clock = std::chrono::steady_clock;

// What the allocator keeps for the next containers is no growth.
constexpr size_t kSlackKib = 1024;
constexpr int kWarmUp = 100;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The reaper removes in the background: within some seconds the host is as before.
bool ComesBackTo(const Inventory& before, const ScratchHost& scratch) {
  Inventory after;
  const bool back = WaitUntil(
      [&] {
        after = TakeInventory(scratch.state().root());
        return HasNotGrown(before, after, kSlackKib);
      },
      std::chrono::seconds(5));
  std::printf("before: %s\nafter:  %s\n%s\n", Describe(before).c_str(), Describe(after).c_str(),
              back ? "nothing is left" : "SOMETHING IS LEFT");
  return back;
}

// Those whose parent is this process, but for the reaper.
std::vector<pid_t> Inits() {
  std::vector<pid_t> inits;
  for (const pid_t pid : ChildrenOf(::getpid())) {
    std::string name;
    std::ifstream("/proc/" + std::to_string(pid) + "/comm") >> name;
    if (name != "runner-reaper") {
      inits.push_back(pid);
    }
  }
  return inits;
}

}  // namespace

bool RunInARow(int count, int at_once) {
  ScratchHost scratch;
  scratch.host();  // before there are threads
  std::atomic<int> failed = 0;
  // Each thread takes the next one as long as there is one.
  const auto run = [&](int containers) {
    std::atomic<int> next = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < at_once; ++i) {
      threads.emplace_back([&] {
        while (next++ < containers) {
          const container::ContainerDirectory directory(scratch.host());
          container::Container running = scratch.Start(directory, {"true"});
          failed += container::ExitCode(running.Wait().status) == 0 ? 0 : 1;
        }
      });
    }
  };
  run(kWarmUp);
  WaitUntil([&] { return std::filesystem::is_empty(scratch.state().containers()); },
            std::chrono::seconds(5));
  const Inventory before = TakeInventory(scratch.state().root());
  const auto begin = Clock::now();
  run(count);
  std::printf("%d containers, %d at once, %d failed, %.0f a second\n", count, at_once,
              failed.load(), count / SecondsSince(begin));
  return ComesBackTo(before, scratch) && failed == 0;
}

bool KeepAlive(int count) {
  ScratchHost scratch;
  {
    // What one process needs once is made with its first container.
    const container::ContainerDirectory directory(scratch.host());
    scratch.Start(directory, {"true"}).Wait();
  }
  WaitUntil([&] { return std::filesystem::is_empty(scratch.state().containers()); },
            std::chrono::seconds(5));
  const Inventory before = TakeInventory(scratch.state().root());
  {
    std::vector<std::unique_ptr<container::ContainerDirectory>> directories;
    std::vector<container::Container> alive;
    const auto begin = Clock::now();
    for (int i = 0; i < count; ++i) {
      directories.push_back(std::make_unique<container::ContainerDirectory>(scratch.host()));
      alive.push_back(scratch.Start(*directories.back(), {"sleep", "100000"}));
    }
    size_t private_kib = 0;
    const std::vector<pid_t> inits = Inits();
    if (inits.size() != static_cast<size_t>(count)) {
      std::printf("%zu of %d containers are alive\n", inits.size(), count);
      return false;
    }
    for (const pid_t pid : inits) {
      const std::string maps = "/proc/" + std::to_string(pid) + "/smaps_rollup";
      private_kib += KibOf(maps, "Private_Clean:") + KibOf(maps, "Private_Dirty:");
    }
    const size_t own = KibOf("/proc/self/status", "VmRSS:") - before.resident_kib;
    std::printf(
        "%zu containers alive after %.1f s; of ours for each: init %zu KiB, runner %zu KiB\n",
        inits.size(), SecondsSince(begin), private_kib / inits.size(),
        own / static_cast<size_t>(count));
  }
  // What the process grew by for their time isn't given back by the allocator.
  Inventory grown = before;
  grown.resident_kib += static_cast<size_t>(count) * 64;
  return ComesBackTo(grown, scratch);
}

}  // namespace tests
