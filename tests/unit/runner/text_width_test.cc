#include "runner/text_width.h"

#include <gtest/gtest.h>

namespace runner {
namespace {

TEST(TextWidth, CountsWideCombiningAndColours) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("\xE4\xBD\xA0\xE5\xA5\xBD"), 4u);  // two Chinese characters
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);                 // e and a combining accent
  EXPECT_EQ(DisplayWidth("\xF0\x9F\x98\x80"), 2u);
  EXPECT_EQ(DisplayWidth("\x1b[1;31mab\x1b[0m"), 2u);
}

TEST(TextWidth, CutsToColumns) {
  EXPECT_EQ(CutToWidth("hello world", 20), "hello world");
  EXPECT_EQ(CutToWidth("hello world", 10), "hello w...");
  EXPECT_EQ(CutToWidth("hello world", 4), "hell");
  EXPECT_EQ(CutToWidth("hello", 0), "");
  EXPECT_EQ(CutToWidth("\xE4\xBD\xA0\xE5\xA5\xBD", 3), "\xE4\xBD\xA0");
  EXPECT_EQ(CutToWidth("\x1b[31mhello world", 10), "\x1b[31mhello w...\x1b[0m");
}

TEST(TextWidth, PadsToColumns) {
  EXPECT_EQ(PadTo("ab", 4), "ab  ");
  EXPECT_EQ(PadTo("\xE4\xBD\xA0", 4), "\xE4\xBD\xA0  ");
  EXPECT_EQ(PadTo("abcdef", 4), "abcdef");
}

}  // namespace
}  // namespace runner
