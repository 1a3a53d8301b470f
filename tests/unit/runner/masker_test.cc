#include "runner/masker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/secret_forms.h"
#include "runtime/base/error.h"

namespace runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string Masked(std::string_view text, const std::vector<std::string>& secrets) {
  Masker masker;
  for (const std::string& secret : secrets) {
    masker.Add(secret, "secret");
  }
  return masker.Mask(text);
}

// The lines that come out; "|" marks where the stream stood after each line that went in.
std::vector<std::string> Lines(const std::vector<std::string>& lines, const std::string& secret) {
  Masker masker;
  masker.Add(secret, "secret");
  std::vector<std::string> out;
  LineMasker stream(masker, [&](std::string_view line) { out.emplace_back(line); });
  for (const std::string& line : lines) {
    stream.Line(line);
    out.emplace_back("|");
  }
  stream.Flush();
  return out;
}

TEST(Masker, HidesTheSecretWhereverItStands) {
  EXPECT_EQ(Masked("hunter2: no hunter2, ahunter2b", {"hunter2"}), "***: no ***, a***b");
  EXPECT_EQ(Masked("hunter", {"hunter2"}), "hunter");
  EXPECT_EQ(Masked("a\n\nhunter2\n", {"hunter2"}), "a\n\n***\n");
}

TEST(Masker, LeavesTextsAsTheyAreWithoutASecret) {
  EXPECT_EQ(Masked("a\nb", {}), "a\nb");
  EXPECT_EQ(Masked("", {"hunter2"}), "");
}

TEST(Masker, HidesAllOfSecretsThatOverlap) {
  EXPECT_EQ(Masked("xabcdefghx", {"abcdef", "cdefgh"}), "x***x");
  EXPECT_EQ(Masked("xabcdefghx", {"abcd", "abcdefgh"}), "x***x");
  EXPECT_EQ(Masked("abababx", {"abab"}), "***x");
}

TEST(Masker, RefusesWhatIsTooShortWithoutSayingIt) {
  Masker masker;
  try {
    masker.Add("q7z\n", "secret KEY");
    FAIL();
  } catch (const runtime::base::Error& e) {
    EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUsage);
    EXPECT_THAT(e.what(), HasSubstr("secret KEY: a secret has at least 4 characters"));
    EXPECT_THAT(e.what(), Not(HasSubstr("q7z")));
  }
  EXPECT_EQ(masker.Mask("q7z"), "q7z");
}

TEST(Masker, HidesBase64WhereverTheSecretBeginsInIt) {
  // "hunter2!" alone, behind one byte, behind two.
  EXPECT_EQ(Masked("aHVudGVyMiE=", {"hunter2!"}), "***E=");
  EXPECT_THAT(Masked("eGh1bnRlcjIh", {"hunter2!"}), "eG***");
  EXPECT_THAT(Masked("eHlodW50ZXIyIXo=", {"hunter2!"}), "eHl***Xo=");
}

TEST(Masker, HidesTheAlphabetOfUrls) {
  const std::string secret = "\xfb\xff\xfe?>~~";
  EXPECT_EQ(Masked("+//+Pz5+f", {secret}), "***");
  EXPECT_EQ(Masked("-__-Pz5-f", {secret}), "***");
  EXPECT_EQ(Masked("%2B%2F%2F%2BPz5%2Bf", {secret}), "***");
}

TEST(Masker, HidesUrlEncoding) {
  const std::string secret = "p@ss/w ord+1";
  EXPECT_EQ(Masked("u=p%40ss%2Fw%20ord%2B1&x", {secret}), "u=***&x");
  EXPECT_EQ(Masked("u=p%40ss%2fw+ord%2b1&x", {secret}), "u=***&x");
  EXPECT_EQ(Masked("/p%40ss/w%20ord%2B1/x", {secret}), "/***/x");
}

TEST(Masker, HidesJsonEscapes) {
  const std::string secret = "a\"b\\c/<\xc3\xa4>\n1234\t";
  EXPECT_EQ(Masked(R"("a\"b\\c/<)"
                   "\xc3\xa4"
                   R"(>\n1234\t")",
                   {secret}),
            "\"***\"");
  EXPECT_EQ(Masked(R"("a\"b\\c\/<\u00e4>\n1234\t")", {secret}), "\"***\"");
  EXPECT_EQ(Masked(R"("a\"b\\c/\u003c)"
                   "\xc3\xa4"
                   R"(\u003e\n1234\t")",
                   {secret}),
            "\"***\"");
}

TEST(Masker, HidesWhatAShellSaysOfAQuote) {
  EXPECT_EQ(Masked(R"(+ echo 'it'"'"'s me')", {"it's me"}), "+ echo '***'");
  EXPECT_EQ(Masked(R"(+ echo 'it'\''s me')", {"it's me"}), "+ echo '***'");
}

TEST(Masker, HidesEachLineOfASecret) {
  const std::string key = "-----BEGIN KEY-----\n  abcdefgh\n}\n";
  EXPECT_EQ(Masked("x abcdefgh y", {key}), "x *** y");
  EXPECT_EQ(Masked(key, {key}), "***\n***\n***\n");
  // Too short to be told from any other text.
  EXPECT_EQ(Masked("{ } ", {key}), "{ } ");
}

TEST(Masker, HidesASecretThatIsFolded) {
  EXPECT_THAT(Lines({"x hunter", "2-and", "-more y"}, "hunter2-and-more"),
              ElementsAre("|", "|", "x ***", "***", "*** y", "|"));
}

TEST(Masker, HidesAllButThreeCharactersOfOneThatGoesOnInTheNextLine) {
  EXPECT_THAT(Lines({"x hun", "ter2 y"}, "hunter2"), ElementsAre("x hun", "|", "*** y", "|"));
}

TEST(Masker, HoldsALineOnlyWhileItMayBeginASecret) {
  EXPECT_THAT(Lines({"x", "a hunt", "ing", "y"}, "hunter2"),
              ElementsAre("x", "|", "|", "a hunt", "ing", "|", "y", "|"));
}

TEST(Masker, PassesOnWhatItHeldWhenTheStreamEnds) {
  EXPECT_THAT(Lines({"hunt"}, "hunter2"), ElementsAre("|", "hunt"));
}

TEST(Masker, HoldsNoMoreThanSoManyLines) {
  Masker masker;
  masker.Add("hunter2", "secret");
  size_t lines = 0;
  LineMasker stream(masker, [&](std::string_view) { ++lines; });
  stream.Line("hunt");
  for (int i = 0; i < 5000; ++i) {
    stream.Line("");
  }
  EXPECT_GT(lines, 4000u);
}

// Against a search of all forms in the whole text.
TEST(Masker, LeavesNothingOfASecretInAnyCutOfAText) {
  const std::string secret = "aab\"aab/aab'\n\naabaab+ 17";
  const std::vector<std::string> forms = PrintedForms(secret);
  Masker masker;
  masker.Add(secret, "secret");
  for (size_t cut = 1; cut < 12; ++cut) {
    for (const std::string& form : forms) {
      const std::string text = "aa" + form + "a" + form;
      std::string out;
      LineMasker stream(masker, [&](std::string_view line) { out += line; });
      for (size_t i = 0; i < text.size(); i += cut) {
        stream.Line(text.substr(i, cut));
      }
      stream.Flush();
      for (const std::string& other : forms) {
        EXPECT_THAT(out, Not(HasSubstr(other))) << "cut " << cut;
      }
    }
  }
}

TEST(SecretForms, AreNeverShorterThanASecretMayBe) {
  for (const std::string& form : PrintedForms("ab\ncd\n1234")) {
    EXPECT_GE(form.size(), kMinSecretBytes) << form;
    EXPECT_THAT(form, Not(HasSubstr("\n")));
  }
}

}  // namespace
}  // namespace runner
