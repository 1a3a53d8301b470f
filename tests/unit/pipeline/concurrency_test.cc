#include "pipeline/concurrency.h"

#include <gtest/gtest.h>

#include "pipeline/run_facts.h"

namespace pipeline {
namespace {

using Ids = std::vector<std::string>;

TEST(Concurrency, LetsRunsOfOtherGroupsRun) {
  const std::vector<ActiveRun> active = {{"1", "other", true}, {"2", "", true}, {"3", "g", false}};
  EXPECT_TRUE(Admit({"g", false, 1}, "3", active).start);
  EXPECT_TRUE(Admit({"", false, 1}, "3", active).start);
}

TEST(Concurrency, MakesARunWaitForTheOlderOnesOfItsGroup) {
  const std::vector<ActiveRun> active = {{"1", "g", true}, {"2", "g", false}, {"3", "g", false}};
  EXPECT_FALSE(Admit({"g", false, 1}, "2", active).start);
  EXPECT_TRUE(Admit({"g", false, 2}, "2", active).start);
  EXPECT_FALSE(Admit({"g", false, 2}, "3", active).start) << "the second waits before it";
  EXPECT_TRUE(Admit({"g", false, 2}, "3", active).cancel.empty());
}

TEST(Concurrency, MakesARunWaitForANewerOneThatHasBegun) {
  const std::vector<ActiveRun> active = {{"1", "g", false}, {"2", "g", true}, {"3", "g", false}};
  EXPECT_FALSE(Admit({"g", false, 1}, "1", active).start);
  EXPECT_TRUE(Admit({"g", false, 2}, "1", active).start) << "the third waits behind it";
  EXPECT_EQ(Admit({"g", false, 1}, "1", active).superseded_by, "");
}

TEST(Concurrency, EndsARunWhoseGroupIsKnownLaterThanThatOfANewerOne) {
  for (const bool newer_runs : {true, false}) {
    const std::vector<ActiveRun> active = {{"1", "g", false}, {"2", "g", newer_runs}};
    const Admission admission = Admit({"g", true, 2}, "1", active);
    EXPECT_EQ(admission.superseded_by, "2");
    EXPECT_FALSE(admission.start);
    EXPECT_TRUE(admission.cancel.empty());
  }
}

TEST(Concurrency, EndsTheOlderRunsAndWaitsForThoseThatRun) {
  const std::vector<ActiveRun> active = {{"1", "g", true}, {"2", "g", false}, {"3", "g", false}};
  const Admission admission = Admit({"g", true, 1}, "3", active);
  EXPECT_EQ(admission.cancel, (Ids{"1", "2"}));
  EXPECT_FALSE(admission.start);
  EXPECT_TRUE(Admit({"g", true, 1}, "3", {{"2", "g", false}, {"3", "g", false}}).start);
}

TEST(Concurrency, UsuallyKeepsTheNewestPushOfABranch) {
  RunFacts facts;
  facts.event.repository = "pie/hubot";
  facts.event.branch = "main";
  const ConcurrencyRule rule = UsualRule(facts);
  EXPECT_TRUE(rule.cancel_superseded);
  facts.event.branch = "other";
  EXPECT_NE(UsualRule(facts).group, rule.group);
  facts.event.repository = "pie/other";
  facts.event.branch = "main";
  EXPECT_NE(UsualRule(facts).group, rule.group);
  facts.event.kind = EventKind::kManual;
  EXPECT_EQ(UsualRule(facts).group, "");
}

TEST(Concurrency, KeepsAForkAwayFromTheGroupsOfOthers) {
  ConcurrencySpec spec;
  spec.group = Template::Literal("deploy");
  RunFacts facts;
  facts.event.repository = "a/b";
  const std::string trusted = RuleOf(spec, facts).group;
  facts.event.kind = EventKind::kPullRequest;
  facts.event.pull_request = 7;
  EXPECT_EQ(RuleOf(spec, facts).group, trusted);
  facts.event.fork = true;
  const std::string fork = RuleOf(spec, facts).group;
  EXPECT_NE(fork, trusted);
  facts.event.pull_request = 8;
  EXPECT_NE(RuleOf(spec, facts).group, fork) << "two strangers";
}

TEST(Concurrency, KeepsGroupsOfTwoRepositoriesApart) {
  ConcurrencySpec spec;
  spec.group = Template::Literal("deploy");
  RunFacts facts;
  facts.event.repository = "a/b";
  const std::string group = RuleOf(spec, facts).group;
  facts.event.repository = "a/c";
  EXPECT_NE(RuleOf(spec, facts).group, group);
}

}  // namespace
}  // namespace pipeline
