// runner plan as a user has it.
#include <nlohmann/json.hpp>

#include "tests/integration/pipeline/pipeline_verbs.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using PlanVerb = PipelineVerbs;

TEST_F(PlanVerb, StartsNothingAndPullsNothing) {
  Pipeline(
      "steps:\n  build: {image: \"debian:12\", run: make}\n"
      "  release: {image: \"debian:12\", run: make, if: branch == 'other'}\n");
  const std::string commit = repository_.Commit("one");
  const Ended plan = Runner({"plan", Path()});
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out,
              StartsWith("project: push of main, the working tree on " + commit.substr(0, 12)));
  EXPECT_THAT(plan.out, HasSubstr("debian:12, not here yet"));
  EXPECT_THAT(plan.out, HasSubstr("`if: branch == 'other'` is false"));
  for (const char* directory : {"runs", "containers", "layers"}) {
    const fs::path path = directory_.path() / "state" / directory;
    EXPECT_TRUE(!fs::exists(path) || fs::is_empty(path)) << directory;
  }
}

TEST_F(PlanVerb, TakesTheOptionsOfExec) {
  Pipeline(
      "steps:\n  a: {image: \"debian:12\", run: make, needs: []}\n"
      "  b: {image: \"${{ env.IMAGE }}\", run: make, if: event == 'manual', needs: []}\n");
  const Ended plan = Runner({"plan", Path(), "--json", "--event", "manual", "--branch", "topic",
                             "-e", "IMAGE=alpine:3", "--step", "b"});
  EXPECT_EQ(plan.status, 0) << plan.err;
  const auto document = nlohmann::json::parse(plan.out);
  EXPECT_EQ(document["event"], "manual");
  EXPECT_EQ(document["branch"], "topic");
  EXPECT_EQ(document["steps"][0]["skipped"], "not chosen");
  EXPECT_EQ(document["steps"][1]["skipped"], nullptr);
  EXPECT_EQ(document["steps"][1]["image"], "alpine:3");
}

TEST_F(PlanVerb, SaysTheFindingsOfAnInvalidFileOnStandardError) {
  Pipeline(kBadPipeline);
  const Ended plan = Runner({"plan", Path()});
  EXPECT_EQ(plan.status, 2);
  EXPECT_THAT(plan.out, IsEmpty());
  EXPECT_THAT(plan.err, HasSubstr("E101"));
  Pipeline(kGoodPipeline);
  const Ended step = Runner({"plan", Path(), "--step", "bulid"});
  EXPECT_EQ(step.status, 2);
  EXPECT_THAT(step.err, HasSubstr("did you mean \"build\"?"));
}

}  // namespace
}  // namespace runner
