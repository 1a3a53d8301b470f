#include "pipeline/triggers.h"

#include <gtest/gtest.h>

#include "pipeline/glob.h"
#include "pipeline/pipeline_file.h"

namespace pipeline {
namespace {

// Would a file with this `on` start a run for the event?
bool Starts(const std::string& on, const TriggerEvent& event) {
  const std::string text = on + "\nsteps: {a: {image: x, run: y}}\n";
  const ParsedFile parsed = ParsePipelineFile(text, "f");
  for (const Diagnostic& finding : parsed.diagnostics) {
    ADD_FAILURE() << Format(finding, text);
  }
  std::string reason;
  const bool starts = Matches(parsed.file->triggers, event, reason);
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

TEST(Glob, MatchesAsDocumented) {
  EXPECT_TRUE(GlobMatches("*", "abc"));
  EXPECT_FALSE(GlobMatches("*", "a/b"));
  EXPECT_TRUE(GlobMatches("**", "a/b"));
  EXPECT_TRUE(GlobMatches("**/x", "x"));
  EXPECT_TRUE(GlobMatches("**/x", "a/b/x"));
  EXPECT_FALSE(GlobMatches("**/x", "ax"));
  EXPECT_TRUE(GlobMatches("a/**/z", "a/z"));
  EXPECT_TRUE(GlobMatches("a/**/z", "a/b/c/z"));
  EXPECT_TRUE(GlobMatches("v[0-9]?", "v1x"));
  EXPECT_FALSE(GlobMatches("[!a-c]", "b"));
  EXPECT_TRUE(GlobMatches("\\*", "*"));
  EXPECT_FALSE(GlobMatches("\\*", "a"));
  EXPECT_TRUE(GlobMatches("[", "["));
  EXPECT_TRUE(GlobMatches("", ""));
  EXPECT_FALSE(GlobMatches("", "a"));
}

TEST(Glob, StaysQuickOnHostilePatterns) {
  std::string pattern;
  for (int i = 0; i < 64; ++i) {
    pattern += "*a";
  }
  EXPECT_FALSE(GlobMatches(pattern + "b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace pipeline
