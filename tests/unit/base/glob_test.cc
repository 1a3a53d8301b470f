#include "runtime/base/glob.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

namespace runtime::base {
namespace {

TEST(Glob, MatchesAsDocumented) {
  EXPECT_TRUE(GlobMatches("*", "abc"));
  EXPECT_FALSE(GlobMatches("*", "a/b"));
  EXPECT_TRUE(GlobMatches("**", "a/b"));
  EXPECT_TRUE(GlobMatches("**/x", "x"));
  EXPECT_TRUE(GlobMatches("**/x", "a/b/x"));
  EXPECT_FALSE(GlobMatches("**/x", "ax"));
  EXPECT_TRUE(GlobMatches("a/**/z", "a/z"));
  EXPECT_TRUE(GlobMatches("a/**/z", "a/b/c/z"));
  EXPECT_TRUE(GlobMatches("v[0-9]?", "v1x"));
  EXPECT_FALSE(GlobMatches("[!a-c]", "b"));
  EXPECT_TRUE(GlobMatches("\\*", "*"));
  EXPECT_FALSE(GlobMatches("\\*", "a"));
  EXPECT_TRUE(GlobMatches("[", "["));
  EXPECT_TRUE(GlobMatches("", ""));
  EXPECT_FALSE(GlobMatches("", "a"));
}

TEST(Glob, StaysQuickOnHostilePatterns) {
  std::string pattern;
  for (int i = 0; i < 64; ++i) {
    pattern += "*a";
  }
  EXPECT_FALSE(GlobMatches(pattern + "b", std::string(2000, 'a')));
}

TEST(Glob, KnowsStarsQuestionMarksAndSets) {
  const std::tuple<const char*, const char*, bool> cases[] = {
      {"*", "", true},          {"*", "abc", true},
      {"a*c", "abc", true},     {"a*c", "abcd", false},
      {"*a*b*", "xaxbx", true}, {"*a*b*", "xbxax", false},
      {"?", "a", true},         {"?", "", false},
      {"a?c", "abc", true},     {"[abc]", "b", true},
      {"[a-c]x", "bx", true},   {"[!a-c]", "b", false},
      {"[^a-c]", "d", true},    {"[]]", "]", true},
      {"[", "[", true},         {"[a", "[a", true},
      {"[a-]", "-", true},      {"*.xml", ".xml", true},
      {"abc", "abc", true},     {"abc", "ab", false},
      {"", "", true},           {"[\x80-\xff]", "\xc3", true},
  };
  for (const auto& [part, name, expected] : cases) {
    EXPECT_EQ(GlobMatches(part, name), expected) << part << " " << name;
  }
}

}  // namespace
}  // namespace runtime::base
