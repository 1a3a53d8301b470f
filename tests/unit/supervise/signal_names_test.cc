#include "runtime/supervise/signal_names.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "runtime/base/signal_name.h"

namespace runtime::supervise {
namespace {

TEST(SignalNames, AreThoseOfTheCLibrary) {
  for (int signal = 1; signal <= 31; ++signal) {
    if (signal == SIGSTKFLT) {
      continue;  // Of no use on any machine of today.
    }
    const Line name = SignalName(signal);
    EXPECT_EQ(base::SignalNumber(name.c_str()), signal == SIGIO ? 0 : signal) << name.c_str();
    EXPECT_EQ(SignalNumber(name.c_str()), signal) << name.c_str();
  }
  EXPECT_STREQ(SignalName(40).c_str(), "signal 40");
}

TEST(SignalNames, TakeShortNamesAndNumbers) {
  EXPECT_EQ(SignalNumber("QUIT"), SIGQUIT);
  EXPECT_EQ(SignalNumber("9"), 9);
  EXPECT_EQ(SignalNumber("64"), 64);
}

TEST(SignalNames, AreNoneOfWhatIsNone) {
  for (const char* text : {"", "SIG", "term", "0", "-1", "65", "99999999999999999999", "9x"}) {
    EXPECT_EQ(SignalNumber(text), 0) << text;
  }
}

}  // namespace
}  // namespace runtime::supervise
