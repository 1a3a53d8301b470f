// gitignore(5), with git's own answer as the judge.
#include "runtime/git/helper/ignore_rules.h"

#include <gtest/gtest.h>

#include <sstream>

#include "runtime/git/wildmatch.h"
#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

TEST(IgnoreRules, AgreesWithGitOnPatternsAndPaths) {
  const base::TemporaryDirectory scratch(std::filesystem::temp_directory_path(), "ignore");
  const tests::GitRepository repository(scratch.path() / "r");
  const std::vector<std::string> patterns = {
      "a",       "/a",          "a/",    "a/b",          "/a/b",     "**/b", "a/**",   "a/**/c",
      "**",      "*",           "*.o",   "*/b",          "?",        "[ab]", "[!a]",   "[^a]x",
      "[a-c]/b", "[[:alpha:]]", "a**c",  "\\a",          "\\!x",     "\\#x", "#x",     "!a",
      "a\\ ",    "a  ",         "a/*",   "/*",           "*/*",      "a*c",  "[]a]",   "[a",
      "a/b/",    "**/a/**",     "/**/c", "[a\\]b]",      "*a*a*a*b", "\\*",  "a//b",   "/",
      "b\r",     "[a-]",        "[-a]",  "[[:digit:]x]", "[!]a]",    "a?c",  "**/**/c"};
  const std::vector<std::string> paths = {
      "a",     "b",       "c",     "ab",    "ac", "abc", "a/b",  "a/c",  "b/a",
      "a/b/c", "a/x/y/c", "x.o",   "d/x.o", "!x", "#x",  "a ",   "]",    "ax",
      "bx",    "xx/b",    "x/y/b", "*",     "5",  "-",   "aaab", "aaaa", "d/e/a/f"};
  std::string list;
  for (const std::string& path : paths) {
    list += path + "\n";
  }
  for (const std::string& pattern : patterns) {
    repository.Write(".gitignore", pattern + "\n");
    std::string named;
    try {
      named = repository.Git({"check-ignore", "--no-index", "--stdin"}, list);
    } catch (const std::runtime_error&) {
      // Exit code 1: none is ignored.
    }
    IgnoreRules rules;
    rules.Push("", pattern + "\n");
    std::string ours;
    for (const std::string& path : paths) {
      // As the walk does it: an ignored directory decides for what is below.
      bool ignored = false;
      for (size_t slash = path.find('/'); slash != std::string::npos && !ignored;
           slash = path.find('/', slash + 1)) {
        ignored = rules.Match(path.substr(0, slash), true);
      }
      if (ignored || rules.Match(path, false)) {
        ours += (ours.empty() ? "" : "\n") + path;
      }
    }
    EXPECT_EQ(ours, named) << "pattern: " << pattern;
  }
}

TEST(IgnoreRules, LetsDeeperFilesAndLaterLinesWin) {
  IgnoreRules rules;
  rules.Push("", "*.log\n!kept.log\n");
  EXPECT_TRUE(rules.Match("d/x.log", false));
  EXPECT_FALSE(rules.Match("d/kept.log", false));
  rules.Push("d/", "!x.log\n/kept.log\n");
  EXPECT_FALSE(rules.Match("d/x.log", false));
  EXPECT_TRUE(rules.Match("d/kept.log", false));
  EXPECT_FALSE(rules.Match("d/e/kept.log", false));
  rules.Pop();
  EXPECT_TRUE(rules.Match("d/x.log", false));
}

TEST(Wildmatch, TakesNoTimeForPatternsThatMakeOthersBacktrack) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) {
    pattern += "*a";
  }
  EXPECT_FALSE(MatchComponent(pattern + "*b", std::string(5000, 'a')));
  std::vector<std::string> deep;
  for (int i = 0; i < 200; ++i) {
    deep.insert(deep.end(), {"**", "a"});
  }
  deep.push_back("b");
  EXPECT_FALSE(MatchPath(deep, std::vector<std::string_view>(1000, "a")));
}

}  // namespace
}  // namespace runtime::git
