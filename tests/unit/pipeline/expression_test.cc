#include "pipeline/expression.h"

#include <gtest/gtest.h>

namespace pipeline {
namespace {

std::optional<std::string> Lookup(std::string_view name) {
  if (name == "branch") {
    return "main";
  }
  if (name == "steps.test.outcome" || name == "failed()") {
    return std::nullopt;
  }
  return name == "always()" ? "true" : "";
}

std::optional<std::string> Value(const std::string& text) {
  Expression::ParseError error;
  const std::optional<Expression> expression = Expression::Parse(text, error);
  if (!expression) {
    ADD_FAILURE() << text << ": " << error.message;
    return "";
  }
  return expression->Evaluate(Lookup);
}

Expression::ParseError ErrorOf(const std::string& text) {
  Expression::ParseError error;
  EXPECT_FALSE(Expression::Parse(text, error)) << text;
  return error;
}

std::optional<std::string> Filled(const std::string& text) {
  Expression::ParseError error;
  return Template::Parse(text, error)->Evaluate(Lookup);
}

TEST(Expression, ComparesTexts) {
  EXPECT_EQ(Value("branch == \"main\""), "true");
  EXPECT_EQ(Value("branch != 'main'"), "false");
  EXPECT_EQ(Value("1 == 1"), "true");
  EXPECT_EQ(Value("tag == ''"), "true");
}

TEST(Expression, BindsAndStrongerThanOrAndNotStrongest) {
  EXPECT_EQ(Value("true || false && false"), "true");
  EXPECT_EQ(Value("(true || false) && false"), "false");
  EXPECT_EQ(Value("!tag && branch == 'main'"), "true");
  EXPECT_EQ(Value("!!branch"), "true");
}

TEST(Expression, ChoosesAValueWithAndOr) {
  EXPECT_EQ(Value("branch == 'main' && 'edge' || 'dev'"), "edge");
  EXPECT_EQ(Value("branch == 'x' && 'edge' || 'dev'"), "dev");
}

TEST(Expression, IsUnknownUntilItsNamesAreKnown) {
  EXPECT_EQ(Value("steps.test.outcome == 'passed'"), std::nullopt);
  EXPECT_EQ(Value("!failed()"), std::nullopt);
  EXPECT_EQ(Value("failed() && branch == 'other'"), "false");
  EXPECT_EQ(Value("branch == 'main' || failed()"), "true");
  EXPECT_EQ(Value("always()"), "true");
}

TEST(Expression, NamesWhatItMentions) {
  Expression::ParseError error;
  EXPECT_EQ(Expression::Parse("always() && pull-request == 3 && steps.a-b.image", error)->Names(),
            (std::vector<std::string>{"always()", "pull-request", "steps.a-b.image"}));
}

TEST(Expression, SaysWhereItIsWrong) {
  EXPECT_EQ(ErrorOf("branch = 'main'").column, 7u);
  EXPECT_EQ(ErrorOf("branch == ").column, 10u);
  EXPECT_EQ(ErrorOf("branch == 'main").column, 10u);
  EXPECT_EQ(ErrorOf("(branch").column, 7u);
  EXPECT_EQ(ErrorOf("success()").column, 0u);
  EXPECT_EQ(ErrorOf("").column, 0u);
  EXPECT_EQ(ErrorOf("1a").column, 0u);
}

TEST(Expression, BoundsLengthAndNesting) {
  EXPECT_EQ(ErrorOf(std::string(5000, 'a')).column, 0u);
  EXPECT_NE(ErrorOf(std::string(2000, '(')).message.find("nested"), std::string::npos);
  EXPECT_NE(ErrorOf(std::string(2000, '!')).message.find("nested"), std::string::npos);
  std::string chain = "branch";
  for (int i = 0; i < 400; ++i) {
    chain += "||branch";
  }
  EXPECT_EQ(Value(chain), "main");
}

TEST(IsTrue, ReadsEmptyFalseAndZeroAsFalse) {
  EXPECT_FALSE(IsTrue(""));
  EXPECT_FALSE(IsTrue("false"));
  EXPECT_FALSE(IsTrue("0"));
  EXPECT_TRUE(IsTrue("no"));
}

TEST(Template, FillsExpressionsAndLeavesTheRest) {
  EXPECT_EQ(Filled("v-${{ branch }}-$X ${Y} }}"), "v-main-$X ${Y} }}");
  EXPECT_EQ(Filled("${{ '}}' }}${{branch}}"), "}}main");
  EXPECT_EQ(Filled(""), "");
  EXPECT_EQ(Filled("a ${{ steps.test.outcome }}"), std::nullopt);
}

TEST(Template, SaysWhereItIsWrong) {
  Expression::ParseError error;
  EXPECT_FALSE(Template::Parse("abc ${{ branch", error));
  EXPECT_EQ(error.column, 4u);
  EXPECT_FALSE(Template::Parse("abc ${{ = }}", error));
  EXPECT_EQ(error.column, 8u);
}

TEST(Template, KnowsWhetherItIsLiteral) {
  Expression::ParseError error;
  EXPECT_TRUE(Template::Parse("$X", error)->IsLiteral());
  EXPECT_FALSE(Template::Parse("${{ branch }}", error)->IsLiteral());
  EXPECT_TRUE(Template::Literal("${{ branch }}").IsLiteral());
}

}  // namespace
}  // namespace pipeline
