#include "pipeline/pipeline_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/pipeline_files.h"
#include "pipeline/run.h"
#include "tests/unit/pipeline/fake_backend.h"

namespace pipeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kSteps[] = "steps: {a: {image: x, run: y}}\n";

TEST(PipelineFiles, AreTheYamlFilesOfTheDirectoryEachOnce) {
  EXPECT_THAT(PipelineFilesAmong({"b.yaml", "a.yml", "a.yaml", "deploy.sh", ".yml", "README.md"}),
              ElementsAre(".runner/a.yml", ".runner/b.yaml"));
}

TEST(PipelineFiles, GiveTheirPipelinesTheirNames) {
  EXPECT_EQ(NameOfPipelineFile(".runner/release.yaml"), "release");
  EXPECT_EQ(NameOfPipelineFile(".runner/v1.2.yml"), "v1.2");
  EXPECT_EQ(NameOfPipelineFile(".runner.yml"), "");
  EXPECT_EQ(NameOfPipelineFile("ci/release.yml"), "");
}

class SeveralPipelines : public testing::Test {
 protected:
  RunSummary Run(const TriggerEvent& event = Push("main")) {
    RunObserver observer;
    options_.share_out = [this](const NamedPipeline& own,
                                const std::vector<NamedPipeline>& others) {
      shared_.push_back(own.file + " " + own.name);
      for (const NamedPipeline& other : others) {
        shared_.push_back(other.file + " " + other.name);
      }
    };
    return RunPipeline(event, options_, backend_, observer, {});
  }

  static TriggerEvent Push(const std::string& branch) {
    TriggerEvent event;
    event.repository = "pie/hubot";
    event.branch = branch;
    return event;
  }

  FakeBackend backend_;
  RunOptions options_;
  std::vector<std::string> shared_;
};

TEST_F(SeveralPipelines, OfOneNameAreAFindingWhichOneOfThemHas) {
  backend_.files = {{".runner/a.yml", std::string("name: b\n") + kSteps},
                    {".runner/b.yml", kSteps}};
  options_.file = ".runner/a.yml";
  EXPECT_THAT(Run().diagnostics, IsEmpty());
  options_.file = ".runner/b.yml";
  EXPECT_EQ(Run().diagnostics.at(0).code, "E607");
}

TEST_F(SeveralPipelines, OfOneNameAreAFindingAlsoWithTheOneAtTheRoot) {
  backend_.files = {{".runner.yml", std::string("name: b\n") + kSteps}, {".runner/b.yml", kSteps}};
  options_.file = ".runner/b.yml";
  EXPECT_EQ(Run().diagnostics.at(0).code, "E607");
}

TEST_F(SeveralPipelines, ARunIsOfTheFirstAndTheOthersGetRunsOfTheirOwn) {
  backend_.files = {{".runner/b.yml", kSteps},
                    {".runner/a.yml", std::string("name: tests\n") + kSteps},
                    {".runner.yml", kSteps}};
  const RunSummary summary = Run();
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  EXPECT_EQ(summary.pipeline, "hubot");
  EXPECT_EQ(summary.file, ".runner.yml");
  EXPECT_THAT(shared_, ElementsAre(".runner.yml ", ".runner/a.yml tests", ".runner/b.yml b"));
}

TEST_F(SeveralPipelines, ThoseThatTheEventDoesNotConcernGetNone) {
  backend_.files = {{".runner/deploy.yml", std::string("on: {push: {tags: [\"v*\"]}}\n") + kSteps},
                    {".runner/docs.yml", std::string("on: {push: {paths: [docs/**]}}\n") + kSteps},
                    {".runner/test.yml", kSteps}};
  backend_.changed = {{"src/a.c"}};
  EXPECT_EQ(Run().pipeline, "test");
  EXPECT_THAT(shared_, ElementsAre(".runner/test.yml test"));
}

TEST_F(SeveralPipelines, ABranchThatOnlyTheCheckoutKnowsCounts) {
  backend_.files = {
      {".runner/main.yml", std::string("on: {push: {branches: [main]}}\n") + kSteps},
      {".runner/topic.yml", std::string("on: {push: {branches: [topic]}}\n") + kSteps}};
  EXPECT_EQ(Run(Push("")).pipeline, "main");  // the checkout's branch
}

TEST_F(SeveralPipelines, WithNothingForTheEventTheRunIsSkipped) {
  backend_.files = {{".runner/a.yml", std::string("on: [schedule]\n") + kSteps},
                    {".runner/b.yml", std::string("on: [manual]\n") + kSteps}};
  backend_.files[".runner/a.yml"] = std::string("on: {schedule: \"@daily\"}\n") + kSteps;
  const RunSummary summary = Run();
  EXPECT_EQ(summary.outcome, Outcome::kSkipped);
  EXPECT_FALSE(summary.triggered);
  EXPECT_EQ(summary.reason,
            "none of the repository's 2 pipelines has an `on` that names this event");
  EXPECT_THAT(shared_, IsEmpty());
}

TEST_F(SeveralPipelines, OneThatIsNotValidFailsAndHoldsNoOtherUp) {
  backend_.files = {{".runner/a.yml", "steps: {a: {}}"}, {".runner/b.yml", kSteps}};
  EXPECT_EQ(Run().diagnostics.at(0).file, ".runner/a.yml");
  EXPECT_THAT(shared_, ElementsAre(".runner/a.yml a", ".runner/b.yml b"));
  options_.file = ".runner/b.yml";
  EXPECT_EQ(Run().outcome, Outcome::kPassed);
}

TEST_F(SeveralPipelines, BothSpellingsOfOneAreAnErrorOfThatOne) {
  backend_.files = {{".runner/a.yaml", kSteps}, {".runner/a.yml", kSteps}};
  const RunSummary summary = Run();
  ASSERT_EQ(summary.diagnostics.size(), 1u);
  EXPECT_EQ(summary.diagnostics[0].code, "E602");
  options_.file = ".runner/a.yaml";
  EXPECT_EQ(Run().diagnostics.at(0).code, "E602");
}

TEST_F(SeveralPipelines, OneAloneIsRunAsTheFileAtTheRootWouldBe) {
  backend_.files = {{".runner/a.yml", std::string("on: [manual]\n") + kSteps}};
  const RunSummary summary = Run();
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  EXPECT_EQ(summary.pipeline, "a");
  EXPECT_THAT(shared_, IsEmpty());
}

TEST_F(SeveralPipelines, TooManyAreRefused) {
  for (size_t i = 0; i <= kMaxPipelineFiles; ++i) {
    backend_.files[".runner/" + std::to_string(i) + ".txt"] = "";
  }
  backend_.files[".runner.yml"] = kSteps;
  EXPECT_EQ(Run().diagnostics.at(0).code, "E606");
}

TEST_F(SeveralPipelines, AFileThatIsNamedIsTheOnlyOne) {
  backend_.files = {{".runner/a.yml", kSteps}, {".runner/b.yml", kSteps}};
  options_.file = ".runner/b.yml";
  const RunSummary summary = Run();
  EXPECT_EQ(summary.pipeline, "b");
  EXPECT_EQ(summary.file, ".runner/b.yml");
  EXPECT_THAT(shared_, IsEmpty());
}

}  // namespace
}  // namespace pipeline
