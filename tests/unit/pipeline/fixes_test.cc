#include "pipeline/fixes.h"

#include <gtest/gtest.h>

namespace pipeline {
namespace {

std::string Fixed(const std::string& text) { return FixPipelineFile(text).text; }

// A step around `keys`, which begin at the right column.
std::string Step(const std::string& keys) { return "steps:\n  a:\n    " + keys + "\n"; }

TEST(Fixes, RenameForeignKeysThatMeanTheSame) {
  EXPECT_EQ(Fixed("variables: {A: b}\n"
                  "steps:\n"
                  "  a: {container: x, script: [make]}\n"
                  "  b:\n"
                  "    image: x\n"
                  "    commands: make\n"
                  "    \"depends_on\": [a]\n"
                  "    working-directory: src\n"
                  "    continue-on-error: true\n"),
            "env: {A: b}\n"
            "steps:\n"
            "  a: {image: x, run: [make]}\n"
            "  b:\n"
            "    image: x\n"
            "    run: make\n"
            "    \"needs\": [a]\n"
            "    workdir: src\n"
            "    allow-failure: true\n");
}

TEST(Fixes, KeepCommentsLayoutAndLineEnds) {
  EXPECT_EQ(
      Fixed("# first\r\nsteps:   # the steps\r\n\r\n  a :  { image: x,   script:   make } # c\r\n"),
      "# first\r\nsteps:   # the steps\r\n\r\n  a :  { image: x,   run:   make } # c\r\n");
  EXPECT_EQ(Fixed("\xEF\xBB\xBFvariables: {A: b}\nsteps: {a: {image: x, run: y}}"),
            "\xEF\xBB\xBF"
            "env: {A: b}\nsteps: {a: {image: x, run: y}}");
}

TEST(Fixes, RenameAKeyThatOnlyOneOtherIsCloseTo) {
  EXPECT_EQ(Fixed(Step("{imgae: x, runn: y, Timeout: 1m, allow_failure: true}")),
            Step("{image: x, run: y, timeout: 1m, allow-failure: true}"));
}

TEST(Fixes, GiveMinutesTheirUnit) {
  EXPECT_EQ(Fixed(Step("{image: x, run: y, timeout-minutes: 30}")),
            Step("{image: x, run: y, timeout: 30m}"));
  EXPECT_EQ(Fixed(Step("{image: x, run: y, timeout-minutes: \"30\"}")),
            Step("{image: x, run: y, timeout: \"30m\"}"));
}

TEST(Fixes, ReplaceTabsByTwoSpacesEach) {
  EXPECT_EQ(Fixed("steps:\n\ta:\n\t\timage: x\n\t\trun: y\n"),
            "steps:\n  a:\n    image: x\n    run: y\n");
  EXPECT_EQ(Fixed("steps:\n  a: {image:\tx, run: y}\n"), "steps:\n  a: {image:  x, run: y}\n");
}

TEST(Fixes, LeaveTabsOfBlockTextsAlone) {
  const std::string text =
      "steps:\n  a:\n    image: x\n    run: |\n      if true; then\n      \tmake\n      fi\n";
  EXPECT_EQ(Fixed(text), text);
}

// A choice, or a value that the right key doesn't take, is for somebody to decide.
TEST(Fixes, LeaveAloneWhatNeedsAThought) {
  for (const char* keys :
       {"{image: x, run: y, script: z}", "{image: x, script: y, commands: z}",
        "{image: x, run: y, timeout-minutes: \"${{ env.T }}\"}", "{image: x, run: y, timeout: 10}",
        "{image: x, run: y, environment: production}", "{image: x, run: y, uses: z}",
        "{container: {image: x}, run: y}"}) {
    EXPECT_EQ(Fixed(Step(keys)), Step(keys));
    EXPECT_EQ(FixPipelineFile(Step(keys)).fixes, 0U) << keys;
  }
}

TEST(Fixes, MendAValueThatIsRepeatedOnce) {
  const FixedText fixed =
      FixPipelineFile("steps:\n  a: &a {image: x, script: y}\n  b: *a\n  c: {<<: *a, needs: []}\n");
  EXPECT_EQ(fixed.text, "steps:\n  a: &a {image: x, run: y}\n  b: *a\n  c: {<<: *a, needs: []}\n");
  EXPECT_EQ(fixed.fixes, 1U);
}

TEST(Fixes, EndWithAFileThatIsWrongFromEndToEnd) {
  std::string text = "steps:\n";
  for (int i = 0; i < 200; ++i) {
    text += "  s" + std::to_string(i) + ":\n    imgae: x\n    script: y\n";
  }
  const FixedText fixed = FixPipelineFile(text);
  EXPECT_EQ(fixed.fixes, 400U);
  EXPECT_EQ(FixPipelineFile(fixed.text).fixes, 0U);
}

}  // namespace
}  // namespace pipeline
