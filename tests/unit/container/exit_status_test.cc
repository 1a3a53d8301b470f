#include "runtime/container/exit_status.h"

#include <gtest/gtest.h>

#include <csignal>

namespace runtime::container {
namespace {

TEST(ExitCode, IsDockers) {
  EXPECT_EQ(ExitCode(Exited{0}), 0);
  EXPECT_EQ(ExitCode(Exited{42}), 42);
  EXPECT_EQ(ExitCode(Signaled{SIGSEGV}), 139);
  EXPECT_EQ(ExitCode(OutOfMemory{}), 137);
  EXPECT_EQ(ExitCode(TimedOut{}), 124);
  EXPECT_EQ(ExitCode(Cancelled{}), 130);
  EXPECT_EQ(ExitCode(NotStarted{126, ""}), 126);
  EXPECT_EQ(ExitCode(NotStarted{127, ""}), 127);
}

TEST(ExitStatus, IsDescribedInWords) {
  EXPECT_EQ(Describe(Exited{2}), "exit code 2");
  EXPECT_EQ(Describe(Signaled{SIGSEGV}), "killed by SIGSEGV");
  EXPECT_EQ(Describe(Signaled{SIGRTMIN + 1}), "killed by signal " + std::to_string(SIGRTMIN + 1));
  EXPECT_EQ(Describe(OutOfMemory{64u << 20, 64u << 20}),
            "out of memory: peak 64.0 MiB, limit 64.0 MiB");
  EXPECT_EQ(Describe(TimedOut{std::chrono::minutes(10)}), "timed out after 10 min 00 s");
  EXPECT_EQ(Describe(Cancelled{}), "cancelled");
  EXPECT_EQ(Describe(NotStarted{127, "make: not found in the image"}),
            "make: not found in the image");
}

}  // namespace
}  // namespace runtime::container
