#include "pipeline/matrix.h"

#include <gtest/gtest.h>

#include "pipeline/pipeline_file.h"
#include "pipeline/plan_expander.h"
#include "pipeline/plan_maker.h"

namespace pipeline {
namespace {

using Names = std::vector<std::string>;

Names CellNames(const Matrix& matrix) {
  Names names;
  for (const MatrixCell& cell : CellsOf(matrix)) {
    names.push_back(NameOf(cell));
  }
  return names;
}

const Matrix kTwoByTwo = {{{"cc", {"gcc", "clang"}}, {"v", {"1", "2"}}}, {}, {}};

TEST(Matrix, IsTheProductOfItsAxes) {
  EXPECT_EQ(CellNames(kTwoByTwo), (Names{"gcc, 1", "gcc, 2", "clang, 1", "clang, 2"}));
}

TEST(Matrix, LeavesOutWhatHasAllTheValuesOfAnExclusion) {
  Matrix matrix = kTwoByTwo;
  matrix.exclude = {{{"cc", "gcc"}}, {{"cc", "clang"}, {"v", "3"}}};
  EXPECT_EQ(CellNames(matrix), (Names{"clang, 1", "clang, 2"}));
}

TEST(Matrix, AddsValuesWhereAnInclusionFitsAndElseACell) {
  Matrix matrix = kTwoByTwo;
  matrix.include = {{{"os", "linux"}}, {{"cc", "gcc"}, {"os", "bsd"}}, {{"cc", "tcc"}}};
  EXPECT_EQ(CellNames(matrix),
            (Names{"gcc, 1, bsd", "gcc, 2, bsd", "clang, 1, linux", "clang, 2, linux", "tcc"}));
}

TEST(Matrix, MayConsistOfInclusions) {
  Matrix matrix;
  matrix.include = {{{"a", "1"}}, {{"a", "2"}, {"b", "x"}}};
  EXPECT_EQ(CellNames(matrix), (Names{"1", "2, x"}));
}

TEST(Matrix, StopsSoonBeyondItsBound) {
  Matrix matrix;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    matrix.axes.push_back({name, Names(1000, "x")});
  }
  EXPECT_EQ(CellsOf(matrix).size(), kMaxCells + 1);
}

PipelineFile Parsed(const std::string& text) {
  ParsedFile parsed = ParsePipelineFile(text, "f");
  for (const Diagnostic& finding : parsed.diagnostics) {
    ADD_FAILURE() << Format(finding, text);
  }
  return parsed.file.value_or(PipelineFile());
}

TEST(ExpandSteps, GivesEachStepANameAndAnIdOfItsOwn) {
  const PipelineFile file = Parsed(
      "matrix: {a: [\"x/y\", \"x:y\"]}\nsteps:\n  s: {image: x, run: y}\n"
      "  s-x-y: {image: x, run: y}\n");
  Names names;
  std::set<std::string> ids;
  for (const StepPlan& step : ExpandSteps(file, {})) {
    names.push_back(step.name);
    ids.insert(step.id);
  }
  EXPECT_EQ(names, (Names{"s (x/y)", "s-x-y (x/y)", "s (x:y)", "s-x-y (x:y)"}));
  EXPECT_EQ(ids.size(), 4u);
  for (const std::string& id : ids) {
    EXPECT_EQ(id.find_first_of("/:. ()"), std::string::npos) << id;
  }
}

TEST(ExpandSteps, KeepsJobsApart) {
  const PipelineFile file = Parsed(
      "matrix: {a: [\"1\", \"2\"]}\nsteps:\n  s: {image: x, run: y}\n"
      "  t: {image: x, run: y, matrix: {b: [x, y]}}\n  u: {image: x, run: y}\n");
  const std::vector<StepPlan> steps = ExpandSteps(file, {});
  ASSERT_EQ(steps.size(), 8u);
  EXPECT_EQ(steps[3].needs, (std::vector<size_t>{1, 2}));
  EXPECT_EQ(steps[7].needs, (std::vector<size_t>{5, 6}));
  EXPECT_EQ(steps[5].needs, (std::vector<size_t>{4}));
}

TEST(CheckOptions, RefusesCellsAndStepsThatAreNotThere) {
  const PipelineFile file =
      Parsed("matrix: {cc: [gcc, clang]}\nsteps:\n  build: {image: x, run: y}\n");
  RunOptions options;
  options.matrix = {{"cc", "glang"}, {"cx", "gcc"}};
  options.only_steps = {"build", "build (gcc)", "biuld"};
  const std::vector<Diagnostic> findings = CheckOptions(file, options);
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_NE(findings[0].message.find("did you mean \"clang\"?"), std::string::npos);
  EXPECT_NE(findings[1].message.find("did you mean \"cc\"?"), std::string::npos);
  EXPECT_NE(findings[2].message.find("did you mean \"build\"?"), std::string::npos);
}

}  // namespace
}  // namespace pipeline
