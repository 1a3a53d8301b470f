#include "runtime/git/helper/gitmodules.h"

#include <gmock/gmock.h>

namespace runtime::git {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Gitmodules, HasTheAddressOfEachPath) {
  EXPECT_THAT(
      ParseGitmodules("# a comment\n[submodule \"lib\"]\n\tpath = third/lib\n"
                      "\turl = https://example.com/a.git ; of it\n\tbranch = main\n"
                      "[submodule \"x y\"]\r\n  URL=\"../b \\\"c\\\".git\"\r\n path = x\r\n"),
      ElementsAre(Pair("third/lib", "https://example.com/a.git"), Pair("x", "../b \"c\".git")));
}

TEST(Gitmodules, LeavesOutWhatIsIncompleteOrOfAnotherSection) {
  EXPECT_THAT(ParseGitmodules("[submodule \"a\"]\npath = a\n[submodule \"b\"]\nurl = x\n"
                              "[include]\npath = /etc/passwd\nurl = y\n[core]\npath=z\nurl=z\n"
                              "path = loose\n[submodule \"c]\npath = c\nurl = c\n"),
              IsEmpty());
}

TEST(Gitmodules, SurvivesWhatIsNone) {
  EXPECT_THAT(ParseGitmodules(""), IsEmpty());
  EXPECT_THAT(ParseGitmodules(std::string(1000, '[') + std::string(10, '\0') + "\n=\n=\\"),
              IsEmpty());
}

}  // namespace
}  // namespace runtime::git
