#include "runner/detach_keys.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"

namespace runner {
namespace {

constexpr char kCtrlP = 16;
constexpr char kCtrlQ = 17;

TEST(DetachKeys, PassOrdinaryKeysOn) {
  DetachKeys keys;
  EXPECT_EQ(keys.Take("hello\r"), "hello\r");
  EXPECT_FALSE(keys.detached());
}

TEST(DetachKeys, AreTakenOutAlsoWhenTheyComeOneByOne) {
  DetachKeys keys;
  EXPECT_EQ(keys.Take({&kCtrlP, 1}), "");
  EXPECT_FALSE(keys.detached());
  EXPECT_EQ(keys.Take({&kCtrlQ, 1}), "");
  EXPECT_TRUE(keys.detached());
}

TEST(DetachKeys, PassAnOnlyBegunSequenceOn) {
  DetachKeys keys;
  EXPECT_EQ(keys.Take(std::string{kCtrlP, 'x'}), (std::string{kCtrlP, 'x'}));
  EXPECT_EQ(keys.Take(std::string{kCtrlP, kCtrlP}), std::string(1, kCtrlP));
  EXPECT_EQ(keys.Take(std::string{kCtrlQ}), "");
  EXPECT_TRUE(keys.detached());
}

TEST(DetachKeys, FindASequenceThatBeginsWithinItself) {
  DetachKeys keys("a,a,b");
  EXPECT_EQ(keys.Take("aaab after"), "a");
  EXPECT_TRUE(keys.detached());
}

TEST(DetachKeys, AreReadAsDockers) {
  DetachKeys keys("ctrl-a,x,ctrl-\\");
  keys.Take(std::string{1, 'x', 28});
  EXPECT_TRUE(keys.detached());
  for (const char* text : {"ctrl-", "ctrl-A1", "ab", "a,,b", ",", "ctrl-1"}) {
    EXPECT_THROW(DetachKeys{text}, runtime::base::Error) << text;
  }
}

}  // namespace
}  // namespace runner
