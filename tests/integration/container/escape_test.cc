// A container is said to have ended only when nothing of it is left, whatever it does to stay.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <stop_token>

#include "tests/integration/container/frozen_group.h"
#include "tests/integration/container/library_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;
namespace fs = std::filesystem;

class Escape : public LibraryTest {
 protected:
  // A container of /probe/escaper that is ready.
  void Start(const Words& arguments, uint32_t pids = 0) {
    directory_.emplace(*host_);
    runner::ProgramChoice choice;
    choice.arguments = {"/probe/escaper"};
    choice.arguments.insert(choice.arguments.end(), arguments.begin(), arguments.end());
    container::ContainerSpec spec = runner::SpecForImage(store_, image_, *directory_, choice);
    spec.binds.push_back({.source = build() / "tests" / "probe", .target = "/probe"});
    spec.limits.pids = pids;
    spec.grace = std::chrono::milliseconds(100);
    cgroups_ = container::Cgroup::Directories(host_->cgroups(), spec.id, spec.limits);
    base::Pipe out = base::MakePipe();
    const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
    running_.emplace(container::Container::Start(
        *host_, spec, {.in = null.get(), .out = out.write.get(), .err = null.get()}));
    out.write.Reset();
    char word[6];
    ASSERT_EQ(::read(out.read.get(), word, sizeof word), 6) << "it isn't ready";
    const std::string ns = "/proc/" + std::to_string(running_->pid()) + "/ns/pid";
    ASSERT_EQ(::stat(ns.c_str(), &namespace_), 0);
  }

  // Asks it to stop. When Wait() returns, nothing of it may be left.
  void ExpectEnd() {
    std::stop_source stop;
    stop.request_stop();
    const auto begin = std::chrono::steady_clock::now();
    const container::ContainerEnd end = running_->Wait(stop.get_token());
    EXPECT_TRUE(std::holds_alternative<container::Cancelled>(end.status));
    EXPECT_EQ(ProcessesLeft(), 0);
    for (const fs::path& cgroup : cgroups_) {
      EXPECT_FALSE(fs::exists(cgroup)) << cgroup;
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
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

  std::optional<container::ContainerDirectory> directory_;
  std::optional<container::Container> running_;
  std::vector<fs::path> cgroups_;
  struct stat namespace_ = {};
};

TEST_F(Escape, OfAForkBombFails) {
  Start({"bomb"}, 500);
  ExpectEnd();
}

TEST_F(Escape, IntoSessionsOfTheirOwnIgnoringAllSignalsFails) {
  Start({"detached"});
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
  Start({"deep", "10000"});
  EXPECT_GE(ProcessesLeft(), 10'000);
  ExpectEnd();
}

// As an administrator, or `docker pause`, does it. Nothing inside could.
TEST_F(Escape, OfAFrozenContainerFails) {
  Start({"detached"});
  const FrozenGroup group(cgroups_.front());
  EXPECT_GE(group.count(), 20);
  ExpectEnd();
}

}  // namespace
}  // namespace tests
