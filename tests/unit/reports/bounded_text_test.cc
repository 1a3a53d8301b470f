#include "reports/bounded_text.h"

#include <gtest/gtest.h>

namespace reports {
namespace {

TEST(BoundedText, KeepsWhatFits) {
  BoundedText text(200);
  text.Append(std::string(100, 'a'));
  text.Append(std::string(100, 'b'));
  EXPECT_EQ(text.Take(), std::string(100, 'a') + std::string(100, 'b'));
}

TEST(BoundedText, KeepsHeadAndTailAndSaysWhatIsMissing) {
  BoundedText text(200);
  text.Append("begin");
  for (int i = 0; i < 10000; ++i) {
    text.Append("0123456789");
  }
  text.Append("end");
  const std::string all = text.Take();
  EXPECT_LE(all.size(), 200u);
  EXPECT_TRUE(all.starts_with("begin"));
  EXPECT_TRUE(all.ends_with("end"));
  EXPECT_NE(all.find("bytes left out]"), std::string::npos);
}

TEST(BoundedText, NeverCutsInsideASequence) {
  for (size_t shift = 0; shift < 4; ++shift) {
    BoundedText text(120);
    text.Append(std::string(shift, 'x'));
    for (int i = 0; i < 100; ++i) {
      text.Append("\xF0\x9F\x98\x80");
    }
    const std::string all = text.Take();
    size_t continuation = 0;
    size_t first = 0;
    for (const char c : all) {
      continuation += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 1 : 0;
      first += static_cast<unsigned char>(c) == 0xF0 ? 1 : 0;
    }
    EXPECT_EQ(continuation, 3 * first);
  }
}

}  // namespace
}  // namespace reports
