#include "webhooks/commit_status.h"

#include <gtest/gtest.h>

namespace webhooks {
namespace {

TEST(CommitStatus, CutsByCharactersNotBytes) {
  std::string long_text;
  for (int i = 0; i < 141; ++i) {
    long_text += "é";
  }
  const std::string exact = long_text.substr(0, 280);
  EXPECT_EQ(CutToCharacters(exact, 140), exact);
  EXPECT_EQ(CutToCharacters(long_text, 140), long_text.substr(0, 278) + "…");
  EXPECT_EQ(CutToCharacters("short", 140), "short");
}

TEST(CommitStatus, HostileTextStaysValidJson) {
  CommitStatus status;
  status.description = "a\"b\n\xff\x1b[31m";
  const std::string json = ToJson(status);
  EXPECT_EQ(json.find('\x1b'), std::string::npos);
  EXPECT_EQ(json.find('\xff'), std::string::npos);
  EXPECT_NE(json.find("a\\\"b"), std::string::npos);
}

TEST(CommitStatus, TellsTheRepositorysFaultFromOurs) {
  using pipeline::Outcome;
  EXPECT_EQ(StateOf(Outcome::kPassed), CommitState::kSuccess);
  EXPECT_EQ(StateOf(Outcome::kFlaky), CommitState::kSuccess);
  EXPECT_EQ(StateOf(Outcome::kFailed), CommitState::kFailure);
  EXPECT_EQ(StateOf(Outcome::kTimedOut), CommitState::kFailure);
  EXPECT_EQ(StateOf(Outcome::kErrored), CommitState::kError);
  EXPECT_EQ(StateOf(Outcome::kCancelled), CommitState::kError);
}

}  // namespace
}  // namespace webhooks
