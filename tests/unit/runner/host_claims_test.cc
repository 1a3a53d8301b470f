#include "runner/host_claims.h"

#include <gtest/gtest.h>

namespace runner {
namespace {

constexpr uint64_t kGiB = 1ull << 30;
const HostShare kHost = {4, 8 * kGiB};

HostClaim Holding(uint64_t ticket, const HostShare& share, const std::string& repository = "a") {
  return {ticket, true, share, repository, "step " + std::to_string(ticket)};
}

HostClaim Waiting(uint64_t ticket, const HostShare& share, const std::string& repository = "a") {
  return {ticket, false, share, repository, "step " + std::to_string(ticket)};
}

TEST(HostClaims, LetBeginWhatFitsBesideTheOthers) {
  EXPECT_EQ(WhyItWaits({Holding(1, {2, kGiB}), Waiting(2, {2, 7 * kGiB})}, 2, kHost), "");
  EXPECT_EQ(WhyItWaits({Waiting(1, {4, 0})}, 1, kHost), "");
}

TEST(HostClaims, SayWhatIsMissingAndWhoHasIt) {
  EXPECT_EQ(WhyItWaits({Holding(1, {2.5, 0}), Waiting(2, {2, 0})}, 2, kHost),
            "waits for 2 processors: 1.5 of 4 are free beside step 1");
  EXPECT_EQ(WhyItWaits({Holding(1, {0, 6 * kGiB}), Waiting(2, {1, 3 * kGiB})}, 2, kHost),
            "waits for 3.0 GiB of memory: 2.0 GiB of 8.0 GiB are free beside step 1");
  EXPECT_EQ(WhyItWaits({Holding(1, {1, 0}), Holding(2, {1, 0}), Holding(3, {1, 0}),
                        Holding(4, {1, 0}), Waiting(5, {1, 0})},
                       5, kHost),
            "waits for 1 processors: 0 of 4 are free beside step 1, step 2, step 3 and 1 more");
}

TEST(HostClaims, DoNotNameStepsOfOtherRepositories) {
  EXPECT_EQ(WhyItWaits({Holding(1, {4, 0}, "secret/plan"), Waiting(2, {1, 0})}, 2, kHost),
            "waits for 1 processors: 0 of 4 are free beside a step of another repository");
}

TEST(HostClaims, DoNotCountWhatIsNotAskedFor) {
  EXPECT_EQ(WhyItWaits({Holding(1, {4, 0}), Waiting(2, {0, kGiB})}, 2, kHost), "");
}

TEST(HostClaims, LetNobodyOvertakeOneThatNeedsMuch) {
  const std::vector<HostClaim> claims = {Holding(1, {2, 0}), Waiting(2, {4, 0}),
                                         Waiting(3, {1, 0})};
  EXPECT_EQ(WhyItWaits(claims, 3, kHost), "waits for its turn behind step 2");
}

TEST(HostClaims, LetBeginWhatIsLargerThanTheHostWhenItIsAlone) {
  EXPECT_EQ(WhyItWaits({Waiting(1, {64, 64 * kGiB})}, 1, kHost), "");
  EXPECT_NE(WhyItWaits({Holding(1, {1, 0}), Waiting(2, {64, 0})}, 2, kHost), "");
  EXPECT_NE(WhyItWaits({Holding(1, {64, 0}), Waiting(2, {1, 0})}, 2, kHost), "");
}

TEST(HostClaims, LetTheRepositoryThatHoldsTheLeastGoFirst) {
  const std::vector<HostClaim> claims = {Holding(1, {2, 0}, "busy"), Waiting(2, {2, 0}, "busy"),
                                         Waiting(3, {2, 0}, "rare")};
  EXPECT_EQ(WhyItWaits(claims, 3, kHost), "");
  EXPECT_EQ(WhyItWaits(claims, 2, kHost), "waits for its turn behind a step of another repository");
}

}  // namespace
}  // namespace runner
