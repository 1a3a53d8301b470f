#include "runtime/supervise/text.h"

#include <gtest/gtest.h>

namespace runtime::supervise {
namespace {

TEST(Text, CutsWhatDoesNotFit) {
  Text<8> text;
  text << "abc" << -12 << "defg";
  EXPECT_STREQ(text.c_str(), "abc-12de");
  text << "h";
  EXPECT_STREQ(text.c_str(), "abc-12de");
}

TEST(Text, WritesEveryNumber) {
  Text<64> text;
  text << INT64_MIN << " " << INT64_MAX << " " << 0;
  EXPECT_STREQ(text.c_str(), "-9223372036854775808 9223372036854775807 0");
}

}  // namespace
}  // namespace runtime::supervise
