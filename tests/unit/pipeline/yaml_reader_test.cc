#include "pipeline/yaml_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace pipeline {
namespace {

YamlNodePtr Read(const std::string& text) {
  Findings findings("f", text);
  YamlNodePtr root = ReadYaml(text, findings);
  for (const Diagnostic& finding : findings.Take()) {
    ADD_FAILURE() << Format(finding, text);
  }
  return root;
}

// "LINE:COLUMN CODE" of the first finding.
std::string Refusal(const std::string& text) {
  Findings findings("f", text);
  ReadYaml(text, findings);
  const std::vector<Diagnostic> all = findings.Take();
  if (all.empty()) {
    return "";
  }
  return std::to_string(all[0].line) + ":" + std::to_string(all[0].column) + " " + all[0].code;
}

std::string Repeat(const std::string& text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

TEST(YamlReader, KeepsTheTextOfScalars) {
  const YamlNodePtr root = Read("{on: yes, version: 3.10, hex: 0x1F, off: no}");
  EXPECT_EQ(root->entries[0].key, "on");
  EXPECT_EQ(root->entries[0].value->text, "yes");
  EXPECT_EQ(root->entries[1].value->text, "3.10");
  EXPECT_EQ(root->entries[2].value->text, "0x1F");
  EXPECT_EQ(root->entries[3].value->kind, YamlNode::Kind::kScalar);
}

TEST(YamlReader, KnowsWhereEverythingStands) {
  const YamlNodePtr root = Read("# \xC3\xA4\na:\n  b: [1, \"two\"]\n");
  const YamlNode::Entry& b = root->entries[0].value->entries[0];
  EXPECT_EQ(b.at.line, 3);
  EXPECT_EQ(b.at.column, 3);
  EXPECT_EQ(b.value->items[1]->at.column, 10);
}

TEST(YamlReader, ReadsJson) {
  const YamlNodePtr root = Read("{\"steps\": {\"a\": {\"argv\": [\"x\\u00e9\"]}}}");
  EXPECT_EQ(root->entries[0].value->entries[0].value->entries[0].value->items[0]->text,
            "x\xC3\xA9");
}

TEST(YamlReader, MergesMapsAndKeepsOwnKeys) {
  const YamlNodePtr root =
      Read("base: &b {x: 1, y: 1}\nother: &o {y: 2, z: 2}\nuse: {<<: [*b, *o], x: own}\n");
  const YamlNode& use = *root->entries[2].value;
  ASSERT_EQ(use.entries.size(), 3u);
  EXPECT_EQ(use.entries[0].value->text, "own");
  EXPECT_EQ(use.entries[1].key, "y");
  EXPECT_EQ(use.entries[1].value->text, "1");
  EXPECT_EQ(use.entries[2].key, "z");
}

TEST(YamlReader, TakesWindowsLineEnds) {
  const YamlNodePtr root = Read("run: |\r\n  a\r\n  b\r\n");
  EXPECT_EQ(root->entries[0].value->text, "a\nb\n");
}

TEST(YamlReader, LetsTabsStandInsideTexts) {
  const YamlNodePtr root = Read("run: |\n  all:\n  \tcc x.c\n");
  EXPECT_EQ(root->entries[0].value->text, "all:\n\tcc x.c\n");
}

TEST(YamlReader, RefusesTabsThatIndent) {
  EXPECT_EQ(Refusal("a:\n\tb: 1\n").substr(4), "E007");
  EXPECT_EQ(Refusal("# \xC3\xA4\na:\tb\n"), "2:4 E007");
}

TEST(YamlReader, RefusesDuplicateKeys) { EXPECT_EQ(Refusal("a: 1\nb: 2\na: 3\n"), "3:1 E006"); }

TEST(YamlReader, RefusesUnknownTags) {
  EXPECT_EQ(Refusal("a: !!python/object:os.system x\n"), "1:4 E008");
  EXPECT_EQ(Refusal("if: !failed()\n"), "1:5 E008");
  EXPECT_EQ(Refusal("a: !!str 3\n"), "");
}

TEST(YamlReader, RefusesAnAliasBomb) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    const std::string name = "a" + std::to_string(i);
    text += name + ": &" + name + " [" + Repeat(before + ",", 9) + before + "]\n";
  }
  EXPECT_EQ(Refusal(text).substr(Refusal(text).find(' ') + 1), "E005");
}

TEST(YamlReader, RefusesAMergeBomb) {
  std::string text = "a: &a {";
  for (int i = 0; i < 2000; ++i) {
    text += "k" + std::to_string(i) + ": 1,";
  }
  text += "}\nb:\n" + Repeat("  - {<<: *a}\n", 1000);
  EXPECT_NE(Refusal(text).find("E005"), std::string::npos);
}

TEST(YamlReader, RefusesDeepNesting) {
  EXPECT_EQ(Refusal(Repeat("[", 100)), "1:33 E004");
  EXPECT_NE(Refusal(Repeat("[", 400'000)).find("E004"), std::string::npos);
  EXPECT_NE(Refusal(Repeat("{a: ", 100'000)).find("E004"), std::string::npos);
  EXPECT_NE(Refusal(Repeat("- ", 100'000)).find("E004"), std::string::npos);
  EXPECT_NE(Refusal(Repeat("? ", 100'000)).find("E004"), std::string::npos);
}

TEST(YamlReader, RefusesNestingByAliases) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 40; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            "]\n";
  }
  EXPECT_NE(Refusal(text).find("E004"), std::string::npos);
}

TEST(YamlReader, RefusesAnAliasToItself) {
  EXPECT_EQ(Refusal("a: &a [*a]\n"), "1:8 E011");
  EXPECT_EQ(Refusal("a: *nobody\n").substr(4), "E003");
}

TEST(YamlReader, RefusesTextThatIsNoYamlText) {
  EXPECT_EQ(Refusal("a: \xFF\n"), "1:4 E001");
  EXPECT_EQ(Refusal(std::string("a: \0b", 5)), "1:4 E001");
  EXPECT_EQ(Refusal("a: b\x04\nc: d\n"), "1:5 E001");
  EXPECT_EQ(Refusal("a: \"x\\0y\"\n"), "1:4 E001");
  EXPECT_EQ(Refusal(Repeat("#", kMaxFileBytes + 1)), "0:0 E002");
}

TEST(YamlReader, RefusesKeysThatAreNoText) {
  EXPECT_EQ(Refusal("{[a]: b}\n"), "1:2 E009");
  EXPECT_EQ(Refusal(": b\n").substr(4), "E009");
}

TEST(YamlReader, RefusesASecondDocument) {
  EXPECT_EQ(Refusal("a: 1\n---\nb: 2\n").substr(4), "E010");
}

TEST(YamlReader, RefusesAMergeOfAText) { EXPECT_EQ(Refusal("a: {<<: text}\n"), "1:5 E012"); }

TEST(YamlReader, SaysWhereTheSyntaxBreaks) { EXPECT_EQ(Refusal("a: [1, 2\nb: 3\n"), "2:2 E003"); }

}  // namespace
}  // namespace pipeline
