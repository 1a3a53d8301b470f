#include "pipeline/triggers.h"

#include <gtest/gtest.h>

#include "pipeline/pipeline_file.h"

namespace pipeline {
namespace {

// Would a file with this `on` start a run for the event?
bool Starts(const std::string& on, const TriggerEvent& event, const ChangedPaths& changed = {}) {
  const std::string text = on + "\nsteps: {a: {image: x, run: y}}\n";
  const ParsedFile parsed = ParsePipelineFile(text, "f");
  for (const Diagnostic& finding : parsed.diagnostics) {
    ADD_FAILURE() << Format(finding, text);
  }
  std::string reason;
  const bool starts = Matches(parsed.file->triggers, event, changed, reason);
  EXPECT_EQ(starts, reason.empty()) << reason;
  return starts;
}

TriggerEvent Branch(const std::string& name) {
  TriggerEvent event;
  event.branch = name;
  return event;
}

TriggerEvent Tag(const std::string& name) {
  TriggerEvent event;
  event.kind = EventKind::kTag;
  event.tag = name;
  return event;
}

TriggerEvent PullRequest(const std::string& branch) {
  TriggerEvent event = Branch(branch);
  event.kind = EventKind::kPullRequest;
  return event;
}

TEST(Triggers, AreAllEventsWithoutOn) {
  EXPECT_TRUE(Starts("", Branch("x")));
  EXPECT_TRUE(Starts("", Tag("v1")));
  EXPECT_TRUE(Starts("", PullRequest("x")));
}

TEST(Triggers, AreOnlyTheEventsNamed) {
  EXPECT_FALSE(Starts("on: push", PullRequest("x")));
  EXPECT_TRUE(Starts("on: [pull-request]", PullRequest("x")));
  EXPECT_FALSE(Starts("on: {pull-request: }", Branch("x")));
  TriggerEvent manual;
  manual.kind = EventKind::kManual;
  EXPECT_FALSE(Starts("on: push", manual));
  EXPECT_TRUE(Starts("on: [manual]", manual));
}

TEST(Triggers, AreTheTimesThatAreStillInTheSchedule) {
  TriggerEvent event;
  event.kind = EventKind::kSchedule;
  event.schedule = "30 3 * * 1-5";
  EXPECT_TRUE(Starts("on: {schedule: [\"@daily\", \"30 3 * * 1-5\"]}", event));
  EXPECT_FALSE(Starts("on: {schedule: \"@daily\"}", event));
  EXPECT_FALSE(Starts("on: push", event));
}

TEST(Triggers, FilterBranchesByGlobs) {
  const std::string on = "on: {push: {branches: [main, \"release/*\"]}}";
  EXPECT_TRUE(Starts(on, Branch("main")));
  EXPECT_TRUE(Starts(on, Branch("release/1.0")));
  EXPECT_FALSE(Starts(on, Branch("release/1.0/x")));
  EXPECT_FALSE(Starts(on, Branch("mainly")));
}

TEST(Triggers, LeaveOutIgnoredNames) {
  const std::string on = "on: {push: {branches-ignore: \"tmp/**\", tags-ignore: [nightly]}}";
  EXPECT_FALSE(Starts(on, Branch("tmp/a/b")));
  EXPECT_TRUE(Starts(on, Branch("main")));
  EXPECT_FALSE(Starts(on, Tag("nightly")));
  EXPECT_TRUE(Starts(on, Tag("v1")));
}

TEST(Triggers, OfBranchesOnlyLeaveTagsOut) {
  EXPECT_FALSE(Starts("on: {push: {branches: [main]}}", Tag("v1")));
  EXPECT_FALSE(Starts("on: {push: {tags: [\"v*\"]}}", Branch("main")));
  EXPECT_TRUE(Starts("on: {push: {tags: [\"v*\"]}}", Tag("v1")));
}

TEST(Triggers, OfPathsAskForOneChangedFile) {
  const std::string on = "on: {push: {paths: [\"src/**\"], paths-ignore: [\"**/*.md\"]}}";
  EXPECT_TRUE(Starts(on, Branch("x"), {{"README.md", "src/a.c"}}));
  EXPECT_FALSE(Starts(on, Branch("x"), {{"src/README.md", "docs/a.c"}}));
  EXPECT_FALSE(Starts(on, Branch("x"), std::vector<std::string>()));
}

TEST(Triggers, OfPathsLetPassWhatIsNotKnownAndTags) {
  const std::string on = "on: {push: {paths: [\"src/**\"]}}";
  EXPECT_TRUE(Starts(on, Branch("x")));
  EXPECT_TRUE(Starts(on, Tag("v1"), {{"docs/a"}}));
}

TEST(Triggers, OfAPullRequestAreItsUsualTypesOrThoseNamed) {
  TriggerEvent closed = PullRequest("x");
  closed.action = "closed";
  TriggerEvent opened = PullRequest("x");
  opened.action = "opened";
  EXPECT_TRUE(Starts("", opened));
  EXPECT_FALSE(Starts("", closed));
  EXPECT_TRUE(Starts("on: {pull-request: {types: closed}}", closed));
  EXPECT_FALSE(Starts("on: {pull-request: {types: closed}}", opened));
}

TEST(Triggers, OfAScheduleNeedOne) {
  TriggerEvent event;
  event.kind = EventKind::kSchedule;
  EXPECT_FALSE(Starts("on: push", event));
  EXPECT_TRUE(Starts("on: {schedule: \"0 3 * * *\"}", event));
}

}  // namespace
}  // namespace pipeline
