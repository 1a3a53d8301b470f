// AttributeRules beside git's own `check-attr`.
#include "runtime/git/attribute_rules.h"

#include <gmock/gmock.h>

#include <map>

#include "runtime/base/text.h"
#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

class AttributeRulesTest : public GitTest {
 protected:
  // By directory prefix.
  void Expect(const std::map<std::string, std::string>& files,
              const std::vector<std::string>& paths) {
    const tests::GitRepository repository(Path("judge-" + std::to_string(++judges_)));
    AttributeRules rules;
    for (const auto& [prefix, text] : files) {
      repository.Write(prefix + ".gitattributes", text);
      rules.Add(prefix, text);
    }
    for (const std::string& path : paths) {
      const std::string line = repository.Git({"check-attr", "-z", "filter", "--", path});
      const std::vector<std::string_view> parts = base::Split(line, '\0');
      ASSERT_GE(parts.size(), 3u);
      std::string judged(parts[2]);
      judged = judged == "unspecified" || judged == "unset" ? ""
               : judged == "set"                            ? "true"
                                                            : judged;
      EXPECT_EQ(rules.FilterOf(path), judged) << path;
    }
  }

 private:
  int judges_ = 0;
};

TEST_F(AttributeRulesTest, MatchAsGitDoes) {
  Expect({{"",
           "*.bin filter=lfs diff=lfs\n/top.dat filter=lfs\ndocs/*.pdf filter=lfs\n"
           "deep/** filter=lfs\n**/any/x filter=lfs\n\"with space*\" filter=lfs\n"
           "\"tab\\there\\303\\274\" filter=lfs\n  indented filter=lfs\n# *.txt filter=lfs\n"
           "!*.no filter=lfs\ndir/ filter=lfs\n[ab]?.x filter=lfs\n\\!odd filter=lfs\n"
           "crlf filter=lfs\r\nset filter\nother filter=crypt\n"}},
         {"a.bin",        "x/a.bin",
          "top.dat",      "x/top.dat",
          "docs/a.pdf",   "docs/x/a.pdf",
          "x/docs/a.pdf", "deep/a",
          "deep/b/c",     "deep",
          "any/x",        "a/b/any/x",
          "with space 1", "tab\there\xc3\xbc",
          "indented",     "a.txt",
          "a.no",         "dir/file",
          "a1.x",         "c1.x",
          "!odd",         "crlf",
          "set",          "other",
          "none"});
}

TEST_F(AttributeRulesTest, LetTheLastAndTheDeepestDecide) {
  Expect({{"", "*.bin filter=lfs\nsmall.bin -filter\nunset.bin !filter\n*.b filter=lfs -filter\n"},
          {"sub/", "*.bin filter=other\nkeep.bin !filter\n"},
          {"sub/sub/", "a.bin filter=lfs\n"}},
         {"a.bin", "small.bin", "unset.bin", "x.b", "sub/a.bin", "sub/keep.bin", "sub/small.bin",
          "sub/sub/a.bin", "sub/sub/b.bin", "other/small.bin"});
}

TEST_F(AttributeRulesTest, KnowMacros) {
  Expect({{"",
           "[attr]large filter=lfs -text\n[attr]larger large\n*.big large\n*.huge larger\n"
           "off.big -large\nnone.big !large\nback.big large filter=x\nplain.big large\n"
           "plain.big -filter\n"},
          {"sub/", "[attr]own filter=lfs\n*.own own\nx.big -large\n"}},
         {"a.big", "a.huge", "off.big", "none.big", "back.big", "plain.big", "sub/a.own",
          "sub/x.big", "sub/y.big"});
}

TEST_F(AttributeRulesTest, LeaveOverlongLinesOut) {
  Expect({{"", std::string(2047, 'a') + " filter=lfs\n" + "b filter=lfs " + std::string(2100, ' ') +
                   "\nc filter=lfs\n"}},
         {std::string(2047, 'a'), "b", "c"});
}

TEST_F(AttributeRulesTest, MentionAFilterWhereOneGivesItAValue) {
  AttributeRules without;
  without.Add("", "*.c text\n*.bin -filter\n");
  EXPECT_FALSE(without.mentions_filter());
  AttributeRules with;
  with.Add("", "[attr]large filter=lfs\n");
  EXPECT_TRUE(with.mentions_filter());
}

TEST_F(AttributeRulesTest, EndWithMacrosThatAreMadeOfEachOther) {
  AttributeRules rules;
  std::string text = "*.x m0\n[attr]ring ring2\n[attr]ring2 ring\n*.y ring\n";
  for (int i = 0; i < 9000; ++i) {
    text += "[attr]m" + std::to_string(i) + " m" + std::to_string(i + 1) + "\n";
  }
  rules.Add("", text);
  EXPECT_EQ(rules.FilterOf("a.x"), "");
  EXPECT_EQ(rules.FilterOf("a.y"), "");
}

TEST_F(AttributeRulesTest, AreBoundedInNumber) {
  AttributeRules rules;
  std::string text;
  for (int i = 0; i < 10'001; ++i) {
    text += "a b\n";
  }
  EXPECT_THAT(ErrorOf([&] { rules.Add("", text); }),
              testing::HasSubstr("more than the limit of 10000 rules"));
}

}  // namespace
}  // namespace runtime::git
