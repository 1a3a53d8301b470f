#include "runner/stop_signals.h"

#include <gtest/gtest.h>

#include <csignal>

namespace runner {
namespace {

TEST(StopSignals, TheFirstRequestsAStop) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const StopSignals signals;
    EXPECT_FALSE(signals.token().stop_requested());
    std::raise(signal);
    signals.Wait();
    EXPECT_TRUE(signals.token().stop_requested());
  }
}

TEST(StopSignals, TheSecondEndsTheProcessWhateverTheFirstWas) {
  const auto twice = [] {
    const StopSignals signals;
    std::raise(SIGINT);
    signals.Wait();
    std::raise(SIGTERM);
  };
  EXPECT_EXIT(twice(), testing::KilledBySignal(SIGTERM), "");
}

TEST(StopSignals, IgnoredHangUpsStayIgnored) {
  std::signal(SIGHUP, SIG_IGN);
  {
    const StopSignals signals;
    std::raise(SIGHUP);
    EXPECT_FALSE(signals.token().stop_requested());
  }
  EXPECT_EQ(std::signal(SIGHUP, SIG_DFL), SIG_IGN);
}

TEST(StopSignals, AreTheKernelsAgainAfterwards) {
  { const StopSignals signals; }
  EXPECT_EXIT(std::raise(SIGINT), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace runner
