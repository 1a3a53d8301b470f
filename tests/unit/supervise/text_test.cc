#include "runtime/supervise/text.h"

#include <gtest/gtest.h>

namespace runtime::supervise {
namespace {

TEST(Text, CutsWhatDoesNotFit) {
  Text<8> text;
  text << "abc" << -12 << "defg";
  EXPECT_EQ(text.view(), "abc-12de");
  text << "h";
  EXPECT_STREQ(text.c_str(), "abc-12de");
}

}  // namespace
}  // namespace runtime::supervise
