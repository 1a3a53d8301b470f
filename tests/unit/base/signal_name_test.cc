#include "runtime/base/signal_name.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace runtime::base {
namespace {

TEST(SignalNumber, TakesNamesAndNumbers) {
  EXPECT_EQ(SignalNumber("SIGTERM"), SIGTERM);
  EXPECT_EQ(SignalNumber("QUIT"), SIGQUIT);
  EXPECT_EQ(SignalNumber("9"), SIGKILL);
  EXPECT_EQ(SignalNumber("64"), 64);
}

TEST(SignalNumber, IsZeroForWhatIsNone) {
  for (const char* text :
       {"", "SIG", "term", "SIGNONE", "0", "-1", "65", "99999999999999999999", "9x", "x9", " 9"}) {
    EXPECT_EQ(SignalNumber(text), 0) << text;
  }
}

}  // namespace
}  // namespace runtime::base
