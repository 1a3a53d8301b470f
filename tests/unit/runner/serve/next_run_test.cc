#include "runner/serve/next_run.h"

#include <gtest/gtest.h>

namespace runner::serve {
namespace {

Contender Queued(const std::string& id, const std::string& repository,
                 const std::string& group = "", uint32_t limit = 1) {
  return {id, repository, false, false, {group, false, limit}};
}

Contender Running(const std::string& id, const std::string& repository,
                  const std::string& group = "") {
  return {id, repository, true, true, {group, false, 1}};
}

// The ids in the order in which they start, one after the other, each ended before the next.
std::vector<std::string> Order(std::vector<Contender> queue) {
  std::vector<std::string> order;
  std::map<std::string, uint64_t> served;
  uint64_t turns = 0;
  while (const std::optional<size_t> next = NextRun(queue, served)) {
    order.push_back(queue[*next].id);
    served[queue[*next].repository] = ++turns;
    queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(*next));
  }
  return order;
}

TEST(NextRun, IsTheOldestOfOneRepository) {
  EXPECT_EQ(Order({Queued("1", "a"), Queued("2", "a")}), (std::vector<std::string>{"1", "2"}));
  EXPECT_FALSE(NextRun({}, {}));
}

TEST(NextRun, OfABusyRepositoryDoesNotKeepAnotherWaiting) {
  EXPECT_EQ(Order({Queued("1", "busy"), Queued("2", "busy"), Queued("3", "busy"),
                   Queued("4", "rare"), Queued("5", "other")}),
            (std::vector<std::string>{"1", "4", "5", "2", "3"}));
}

TEST(NextRun, IsOfTheRepositoryWithTheFewestThatRun) {
  const std::vector<Contender> all = {Running("1", "busy"), Queued("2", "busy"),
                                      Queued("3", "rare")};
  EXPECT_EQ(NextRun(all, {{"rare", 9}}), 2u);
}

TEST(NextRun, LeavesOutThoseWhoseGroupHasNoRoom) {
  EXPECT_EQ(NextRun({Running("1", "a", "g"), Queued("2", "a", "g"), Queued("3", "a")}, {}), 2u);
  EXPECT_EQ(NextRun({Running("1", "a", "g"), Queued("2", "a", "g", 2), Queued("3", "a")}, {}), 1u);
  EXPECT_FALSE(NextRun({Running("1", "a", "g"), Queued("2", "a", "g")}, {}));
}

TEST(NextRun, KeepsTheOrderInAGroup) {
  Contender retaken = Running("1", "a", "g");
  retaken.admitted = false;  // its clone goes on
  EXPECT_FALSE(NextRun({retaken, Queued("2", "a", "g")}, {}));
}

TEST(NextRun, IsOneThatIsSupersededSoThatItIsTold) {
  Contender older = Queued("1", "a", "g");
  older.rule.cancel_superseded = true;
  EXPECT_EQ(NextRun({older, Running("2", "a", "g")}, {}), 0u);
}

TEST(SupersedingRun, IsTheNewestOfABranchOfWhichOneRuns) {
  const auto of = [](Contender run, const std::string& subject, bool planned = false) {
    run.subject = subject;
    run.planned = planned;
    return run;
  };
  const Contender running = of(Running("1", "a"), "a:main", true);
  EXPECT_EQ(SupersedingRun({running, of(Queued("2", "a"), "a:main"), of(Queued("3", "a"), "a:main"),
                            of(Queued("4", "a"), "a:topic"), of(Queued("5", "b"), "b:main")}),
            2u);
  EXPECT_FALSE(SupersedingRun({running, of(Queued("2", "a"), "a:main", true)}));
  EXPECT_FALSE(SupersedingRun({of(Running("1", "a"), ""), of(Queued("2", "a"), "")}));
  EXPECT_FALSE(SupersedingRun({of(Queued("1", "a"), "a:main"), of(Queued("2", "a"), "a:main")}));
}

TEST(NextRun, OfALongQueueInOneGroupIsFoundSoon) {
  constexpr int kRuns = 20'000;
  std::vector<Contender> all = {Running("0", "a", "g")};
  for (int i = 1; i < kRuns; ++i) {
    all.push_back(Queued(std::to_string(kRuns + i), "a", "g"));
  }
  all.push_back(Queued("99999", "b"));
  EXPECT_EQ(NextRun(all, {}), static_cast<size_t>(kRuns));  // quadratic, it would take seconds
}

}  // namespace
}  // namespace runner::serve
