#include "runner/plan_listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

#include "pipeline/pipeline_file.h"
#include "pipeline/plan_maker.h"

namespace runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kFour[] =
    "env: {TOKEN_KIND: plain}\n"
    "steps:\n"
    "  build: {image: 'debian:12', run: make, env: {MODE: value-of-mode}, secrets: [key]}\n"
    "  package: {image-build: {from: scratch, copy: {out/: /}}}\n"
    "  test: {image: '${{ steps.package.image }}', argv: [/t], tests: {junit: r.xml}}\n"
    "  push:\n"
    "    if: branch == 'main'\n"
    "    push: {image: '${{ steps.package.image }}', to: r.example.org/a, tags: ['${{ branch "
    "}}']}\n";

struct Listed {
  pipeline::RunPlan plan;
  pipeline::RunFacts facts;
  std::vector<PlannedStep> steps;

  const PlannedStep& Step(const std::string& name) const {
    for (const PlannedStep& step : steps) {
      if (step.name == name) {
        return step;
      }
    }
    throw std::runtime_error("no step " + name);
  }
};

Listed List(const std::string& text, const std::string& branch = "main",
            const pipeline::RunOptions& options = {}) {
  Listed listed;
  listed.facts.pipeline = "p";
  listed.facts.event.branch = branch;
  listed.facts.unknown = {"commit.title"};
  listed.plan =
      MakePlan(pipeline::ParsePipelineFile(text, "f").file.value(), listed.facts, options);
  listed.steps = ListPlan(
      listed.plan, listed.facts,
      [](const std::string& name) {
        return name == "debian:12" ? std::optional<std::string>("sha256:abc") : std::nullopt;
      },
      [](const std::string& step, const pipeline::StepKeyParts& known) {
        std::string names;
        for (const auto& [name, value] : known) {
          names += name.starts_with("env RUNNER") ? "" : name + ";";
        }
        return ResultStore::Prospect{.run = step == "kept" ? "7" : "",
                                     .why_not = step == "kept" ? "" : names};
      });
  return listed;
}

TEST(PlanListing, IsInTheOrderInWhichStepsMayBegin) {
  const Listed listed = List(
      "steps:\n  c: {image: x, run: y, needs: [b]}\n  b: {image: x, run: y, needs: [a]}\n"
      "  a: {image: x, run: y, needs: []}\n");
  EXPECT_EQ(listed.steps.at(0).name, "a");
  EXPECT_EQ(listed.steps.at(1).name, "b");
  EXPECT_EQ(listed.steps.at(2).name, "c");
  EXPECT_THAT(listed.steps.at(2).needs, ElementsAre("b"));
}

TEST(PlanListing, SaysWhichEarlierResultAStepMayHave) {
  const Listed listed = List(
      "defaults: {skip-unchanged: true}\nsteps:\n  kept: {image: x, run: y}\n"
      "  other: {image: x, run: y, env: {A: b, C: '${{ steps.kept.outputs.a }}'}}\n"
      "  plain: {image: x, run: y, skip-unchanged: false}\n");
  EXPECT_EQ(listed.Step("kept").reuse_of, "7");
  EXPECT_THAT(PlanText(listed.steps), HasSubstr("reuse    of run 7, if the workspace is the same"));
  // Of what only the run knows nothing is compared.
  EXPECT_THAT(listed.Step("other").no_reuse, HasSubstr("env A;"));
  EXPECT_THAT(listed.Step("other").no_reuse, Not(HasSubstr("env C;")));
  EXPECT_THAT(listed.Step("other").no_reuse, Not(HasSubstr(";workspace;")));
  EXPECT_EQ(listed.Step("plain").reuse_of + listed.Step("plain").no_reuse, "");
}

TEST(PlanListing, NamesTheDigestOfAnImageThatIsHere) {
  const Listed listed =
      List("steps:\n  a: {image: 'debian:12', run: y}\n  b: {image: x, run: y}\n");
  EXPECT_EQ(listed.Step("a").digest, "sha256:abc");
  EXPECT_EQ(listed.Step("b").digest, std::nullopt);
  EXPECT_THAT(PlanText(listed.steps), HasSubstr("debian:12, sha256:abc"));
  EXPECT_THAT(PlanText(listed.steps), HasSubstr("x, not here yet"));
}

TEST(PlanListing, NamesTheStepWhoseImageItIs) {
  const Listed listed = List(kFour);
  EXPECT_EQ(listed.Step("test").image_of, "package");
  EXPECT_EQ(listed.Step("package").image, "");
  EXPECT_THAT(PlanText(listed.steps), HasSubstr("of step package"));
}

TEST(PlanListing, NamesVariablesAndSecretsAndShowsNoValue) {
  const Listed listed = List(kFour);
  EXPECT_THAT(listed.Step("build").env, ElementsAre("MODE", "TOKEN_KIND"));
  EXPECT_THAT(listed.Step("build").secrets, ElementsAre("key"));
  const std::string all =
      PlanText(listed.steps) + PlanJson(listed.plan, listed.facts, listed.steps);
  EXPECT_EQ(all.find("value-of-mode"), std::string::npos);
  EXPECT_EQ(all.find("plain"), std::string::npos);
}

TEST(PlanListing, NamesCachesAndServices) {
  const Listed listed = List(
      "steps:\n  a:\n    image: x\n    run: y\n    cache: [/c, {path: /d, key: k}]\n"
      "    services: {db: {image: z}}\n");
  EXPECT_THAT(listed.Step("a").caches, ElementsAre("/c", "/d"));
  EXPECT_THAT(listed.Step("a").services, ElementsAre("db"));
  EXPECT_THAT(PlanText(listed.steps), HasSubstr("caches   /c, /d\n     services db\n"));
}

TEST(PlanListing, SaysWhyAStepIsSkipped) {
  EXPECT_EQ(List(kFour).Step("push").skipped, "");
  EXPECT_EQ(List(kFour, "topic").Step("push").skipped, "`if: branch == 'main'` is false");
  pipeline::RunOptions no_push;
  no_push.push = false;
  EXPECT_EQ(List(kFour, "main", no_push).Step("push").skipped, "pushing is switched off");
}

TEST(PlanListing, SkipsWhatStandsOnTheImageOfASkippedStep) {
  const Listed listed = List(
      "steps:\n  p: {image-build: {from: scratch}, if: branch == 'x'}\n"
      "  t: {image: '${{ steps.p.image }}', run: y}\n  u: {image: x, run: y}\n");
  EXPECT_EQ(listed.Step("t").skipped, "no image: step \"p\" is skipped");
  EXPECT_EQ(listed.Step("u").skipped, "");
}

TEST(PlanListing, LeavesOpenWhatOnlyTheRunKnows) {
  const Listed listed = List(
      "steps:\n  a: {image: x, run: y, if: commit.title == 'x'}\n"
      "  b: {image: x, run: y, if: always()}\n"
      "  c: {image: x, run: y, if: steps.a.outcome == 'passed'}\n");
  EXPECT_EQ(listed.Step("a").skipped, "");
  EXPECT_EQ(listed.Step("a").condition, "commit.title == 'x'");
  EXPECT_EQ(listed.Step("b").condition, "");
  EXPECT_EQ(listed.Step("c").condition, "steps.a.outcome == 'passed'");
}

TEST(PlanListing, IsAlsoADocument) {
  const Listed listed = List(kFour);
  const auto document = nlohmann::json::parse(PlanJson(listed.plan, listed.facts, listed.steps));
  EXPECT_EQ(document["pipeline"], "p");
  EXPECT_EQ(document["branch"], "main");
  EXPECT_EQ(document["steps"][0]["digest"], "sha256:abc");
  EXPECT_EQ(document["steps"][1]["digest"], nullptr);
  EXPECT_EQ(document["steps"][3]["tags"][0], "main");
  EXPECT_EQ(document["steps"][3]["skipped"], nullptr);
}

}  // namespace
}  // namespace runner
