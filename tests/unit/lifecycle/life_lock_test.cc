#include "runtime/lifecycle/life_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "runtime/base/files.h"

namespace runtime::lifecycle {
namespace {

namespace fs = std::filesystem;

class LifeLockTest : public testing::Test {
 protected:
  base::TemporaryDirectory directory_{fs::temp_directory_path(), "lock"};
};

TEST_F(LifeLockTest, IsOnePersonsAtATime) {
  {
    const LifeLock lock = LifeLock::Make(directory_.path());
    EXPECT_FALSE(LifeLock::Try(directory_.path()));
    EXPECT_TRUE(LifeLock::IsHeld(directory_.path()));
  }
  EXPECT_FALSE(LifeLock::IsHeld(directory_.path()));
  EXPECT_TRUE(LifeLock::Try(directory_.path()));
}

TEST_F(LifeLockTest, AskingTakesNothing) {
  static_cast<void>(LifeLock::Make(directory_.path()));
  EXPECT_FALSE(LifeLock::IsHeld(directory_.path()));
  const std::optional<LifeLock> lock = LifeLock::Try(directory_.path());
  EXPECT_TRUE(lock);
}

TEST_F(LifeLockTest, PassesToAProcessThatInheritsItAndGoesWithThat) {
  const base::Pipe pipe = base::MakePipe();
  pid_t child;
  {
    const LifeLock lock = LifeLock::Make(directory_.path());
    child = ::fork();
    if (child == 0) {
      ::close(pipe.write.get());
      char byte;
      [[maybe_unused]] const ssize_t n = ::read(pipe.read.get(), &byte, 1);
      ::_exit(0);
    }
  }
  EXPECT_TRUE(LifeLock::IsHeld(directory_.path()));
  EXPECT_FALSE(LifeLock::Try(directory_.path()));
  const_cast<base::Pipe&>(pipe).write.Reset();
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(LifeLock::Try(directory_.path()));
}

TEST_F(LifeLockTest, OfAContainerThatIsGoneIsNobodys) {
  EXPECT_FALSE(LifeLock::Try(directory_.path() / "none"));
  EXPECT_FALSE(LifeLock::IsHeld(directory_.path() / "none"));
}

}  // namespace
}  // namespace runtime::lifecycle
