#include "runner/env_file.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "runtime/base/error.h"

namespace runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Refusal(std::string_view text) {
  try {
    ParseEnvFile(text, "f");
  } catch (const runtime::base::Error& e) {
    EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUsage);
    return e.what();
  }
  ADD_FAILURE() << "accepted: " << text;
  return "";
}

TEST(EnvFile, TakesValuesAsTheyStand) {
  EXPECT_THAT(ParseEnvFile("A=1\nB=two words \nC=\"q\" # no note\nD=\nE=a=b", "f"),
              ElementsAre("A=1", "B=two words ", "C=\"q\" # no note", "D=", "E=a=b"));
}

TEST(EnvFile, SkipsNotesEmptyLinesAndLeadingBlanks) {
  EXPECT_THAT(ParseEnvFile("# note\n\n  # note\n \t A=1\r\n\n", "f"), ElementsAre("A=1"));
  EXPECT_THAT(ParseEnvFile("\xef\xbb\xbf"
                           "A=1",
                           "f"),
              ElementsAre("A=1"));
  EXPECT_THAT(ParseEnvFile("", "f"), IsEmpty());
}

TEST(EnvFile, PassesOurVariablesOnByName) {
  ::setenv("ENV_FILE_TEST", "ours", 1);
  EXPECT_THAT(ParseEnvFile("ENV_FILE_TEST\nNOT_SET_ANYWHERE\n", "f"),
              ElementsAre("ENV_FILE_TEST=ours"));
  ::unsetenv("ENV_FILE_TEST");
}

TEST(EnvFile, NamesTheLineThatIsWrong) {
  EXPECT_THAT(Refusal("A=1\n=x\n"), HasSubstr("f:2: no name"));
  EXPECT_THAT(Refusal("A B=1"), HasSubstr("f:1: \"A B\" has blanks"));
  EXPECT_THAT(Refusal(std::string_view("A=\0", 3)), HasSubstr("f:1: a NUL"));
}

}  // namespace
}  // namespace runner
