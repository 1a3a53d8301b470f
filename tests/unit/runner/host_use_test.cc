#include "runner/host_use.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

using Texts = std::vector<std::string>;

class HostUseTest : public ::testing::Test {
 protected:
  HostUseTest() : directory_("/tmp", "use"), use_(directory_.path(), {4, 1 << 30}) {}

  static HostClaim Claim(double cpus, const std::string& what) {
    return {0, false, {cpus, 0}, "pie/hubot", what};
  }
  HostUse::Held Take(double cpus, const std::string& what = "a step") {
    return use_.Take(Claim(cpus, what), [](const std::string&) { ADD_FAILURE() << "it waits"; },
                     {});
  }
  // Takes it on another thread, which says `what` that it waits for, and that it goes on.
  struct Waiter {
    std::promise<std::string> waits;
    std::promise<std::string> goes_on;
    std::stop_source stop;
    std::future<std::optional<HostUse::Held>> held;
  };
  std::unique_ptr<Waiter> Begin(double cpus) {
    auto waiter = std::make_unique<Waiter>();
    waiter->held = std::async(
        std::launch::async,
        [this, cpus, all = waiter.get(), said = false]() mutable -> std::optional<HostUse::Held> {
          return use_.Take(
              Claim(cpus, "the waiter"),
              [&](const std::string& text) {
                (std::exchange(said, true) ? all->goes_on : all->waits).set_value(text);
              },
              all->stop.get_token());
        });
    return waiter;
  }
  size_t Claims() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      count += entry.path().filename() == "lock" ? 0 : 1;
    }
    return count;
  }

  runtime::base::TemporaryDirectory directory_;
  HostUse use_;
};

TEST_F(HostUseTest, LetsFittingStepsHoldTogetherAndKeepsNothing) {
  {
    const HostUse::Held one = Take(2);
    const HostUse::Held two = Take(2);
    EXPECT_EQ(Claims(), 2u);
  }
  EXPECT_EQ(Claims(), 0u);
}

TEST_F(HostUseTest, MakesAStepWaitUntilAnotherOneEnds) {
  std::optional<HostUse::Held> first = Take(3, "step \"a\" of run 1");
  const auto second = Begin(2);
  EXPECT_EQ(second->waits.get_future().get(),
            "waits for 2 processors: 1 of 4 are free beside step \"a\" of run 1");
  first.reset();
  EXPECT_EQ(second->goes_on.get_future().get().rfind("goes on after ", 0), 0u);
  EXPECT_TRUE(second->held.get());
}

TEST_F(HostUseTest, GivesUpAtAStopAndLeavesNoClaim) {
  const HostUse::Held first = Take(4);
  const auto second = Begin(2);
  second->waits.get_future().wait();
  second->stop.request_stop();
  try {
    second->held.get();
    FAIL();
  } catch (const runtime::base::Error& e) {
    EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kCancelled);
  }
  EXPECT_EQ(Claims(), 1u);
}

TEST_F(HostUseTest, GetsBackWhatAKilledProcessHeld) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const HostUse::Held held = Take(4, "of a process");
    ::close(ready[1]);
    while (true) {
      ::pause();
    }
  }
  ::close(ready[1]);
  char byte;
  EXPECT_EQ(::read(ready[0], &byte, 1), 0);
  ::close(ready[0]);
  const auto waiter = Begin(1);
  EXPECT_NE(waiter->waits.get_future().get().find("of a process"), std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(waiter->held.get());
  EXPECT_EQ(Claims(), 0u);
}

TEST_F(HostUseTest, PassesOverFilesThatAreNotClaims) {
  runtime::base::WriteFileAtomically(directory_.path() / "7", "holding 4 0\nx\ny");  // unlocked
  runtime::base::WriteFileAtomically(directory_.path() / "notes", "holding 4 0\nx\ny");
  const HostUse::Held held = Take(4);
}

}  // namespace
}  // namespace runner
