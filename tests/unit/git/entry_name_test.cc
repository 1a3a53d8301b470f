#include "runtime/git/helper/entry_name.h"

#include <gtest/gtest.h>

#include <string>

namespace runtime::git {
namespace {

TEST(EntryName, AcceptsPlainNames) {
  for (const char* name : {"a", ".gitignore", ".gitmodules", ".github", "git", "agit", "git~2",
                           "..a", "...", "-x", "a b", "$(id)", "\xff", "a\nb", "x.git", ".gi"}) {
    EXPECT_TRUE(IsSafeEntryName(name)) << name;
  }
  EXPECT_TRUE(IsSafeEntryName(std::string(255, 'n')));
}

TEST(EntryName, RefusesWhatIsNoSingleComponent) {
  for (const std::string& name :
       {std::string(""), std::string("."), std::string(".."), std::string("a/b"), std::string("/"),
        std::string("a\0b", 3), std::string(256, 'n')}) {
    EXPECT_FALSE(IsSafeEntryName(name)) << name;
  }
}

TEST(EntryName, RefusesEveryDisguiseOfDotGit) {
  for (const char* name : {".git",
                           ".GIT",
                           ".Git",
                           ".gIt",
                           ".git.",
                           ".git ",
                           ".git . .",
                           ".git::$INDEX_ALLOCATION",
                           ".git:x",
                           "git~1",
                           "GIT~1",
                           "git~1.",
                           "a\\.git",
                           ".git\\hooks",
                           "a\\.GIT \\b",
                           ".g\xe2\x80\x8cit",
                           "\xe2\x80\x8d.git",
                           ".git\xef\xbb\xbf",
                           ".gi\xe2\x81\xaat",
                           ".G\xe2\x80\xaait"}) {
    EXPECT_FALSE(IsSafeEntryName(name)) << name;
  }
}

}  // namespace
}  // namespace runtime::git
