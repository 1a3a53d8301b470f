#include "pipeline/workflow_command.h"

#include <gtest/gtest.h>

#include "pipeline/mask_set.h"

namespace pipeline {
namespace {

using Kind = WorkflowCommand::Kind;

WorkflowCommand Parsed(const std::string& line) {
  const std::optional<WorkflowCommand> command = ParseWorkflowCommand(line);
  EXPECT_TRUE(command) << line;
  return command.value_or(WorkflowCommand());
}

TEST(WorkflowCommand, NamesAPlaceInAFile) {
  const WorkflowCommand command =
      Parsed("  ::error file=src/a.c,line=3,endLine=5,col=2,endColumn=9,title=It::no such: thing");
  EXPECT_EQ(command.kind, Kind::kError);
  EXPECT_EQ(command.file, "src/a.c");
  EXPECT_EQ(command.line, 3);
  EXPECT_EQ(command.end_line, 5);
  EXPECT_EQ(command.column, 2);
  EXPECT_EQ(command.end_column, 9);
  EXPECT_EQ(command.title, "It");
  EXPECT_EQ(command.text, "no such: thing");
}

TEST(WorkflowCommand, NeedsNoProperties) {
  EXPECT_EQ(Parsed("::warning::slow").text, "slow");
  EXPECT_EQ(Parsed("::notice ::seen").kind, Kind::kNotice);
  EXPECT_EQ(Parsed("::group::Build a::b").text, "Build a::b");
  EXPECT_EQ(Parsed("::endgroup::").kind, Kind::kEndGroup);
  EXPECT_EQ(Parsed("::add-mask::hunter2").kind, Kind::kAddMask);
}

TEST(WorkflowCommand, TakesEscapesBackOnce) {
  const WorkflowCommand command = Parsed("::error file=a%2Cb%3Ac::one%0Atwo%25%0D%250A");
  EXPECT_EQ(command.file, "a,b:c");
  EXPECT_EQ(command.text, "one\ntwo%\r%0A");
}

TEST(WorkflowCommand, PassesOverWhatItDoesNotKnow) {
  EXPECT_EQ(Parsed("::error line=x,colour=red,=,file::text").line, 0);
  EXPECT_EQ(Parsed("::error line=-3,,file=f::text").file, "f");
  EXPECT_EQ(Parsed("::error line=99999999999::text").line, 0);
}

TEST(WorkflowCommand, IsNoOtherLine) {
  for (const char* line : {"", "::", "::error", "::error file=a", "a ::error::b", ":error::b",
                           "::set-output name=x::y", "::errors::x", "::ERROR::x", "::::x"}) {
    EXPECT_FALSE(ParseWorkflowCommand(line)) << line;
  }
}

TEST(WorkflowCommand, BoundsItsTexts) {
  const WorkflowCommand command =
      Parsed("::error file=" + std::string(1 << 20, 'f') + "::" + std::string(1 << 20, 't'));
  EXPECT_LE(command.text.size(), 16u << 10);
  EXPECT_LE(command.file.size(), 1u << 10);
}

TEST(MaskSet, HidesEveryPlaceAndEveryLine) {
  MaskSet masks;
  EXPECT_TRUE(masks.Add("first line\r\nsecond"));
  EXPECT_EQ(masks.Apply("a second, second first line"), "a ***, *** ***");
  EXPECT_EQ(masks.Apply("nothing"), "nothing");
}

TEST(MaskSet, HidesTheLongestFirst) {
  MaskSet masks;
  EXPECT_TRUE(masks.Add("token"));
  EXPECT_TRUE(masks.Add("token-and-more"));
  EXPECT_EQ(masks.Apply("token-and-more token"), "*** ***");
}

TEST(MaskSet, RefusesWhatWouldBeFoundEverywhere) {
  MaskSet masks;
  EXPECT_FALSE(masks.Add("abc"));
  EXPECT_EQ(masks.Apply("abc"), "abc");
  EXPECT_TRUE(masks.Add(""));
}

}  // namespace
}  // namespace pipeline
