// Many deliveries at once, among duplicates, forgeries and slow clients.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <list>
#include <set>
#include <thread>

#include "tests/integration/runner/serve/server_under_test.h"

namespace runner::serve {
namespace {

TEST(ServerStorm, EveryValidDeliveryRunsExactlyOnceAndIsAnsweredQuickly) {
  using Clock = std::chrono::steady_clock;
  constexpr int kThreads = 4;
  constexpr int kDeliveries = 100;  // per thread: each is sent twice, and once forged
  ServerHome home;
  const auto server = StartServer(home, "", 2);
  std::list<tests::RawClient> slow;
  for (int i = 0; i < 200; ++i) {
    slow.emplace_back(server->address());
    slow.back().Send("POST /webhooks/github HTTP/1.1\r\nX-Slow");
  }
  std::atomic<int> wrong = 0;
  std::vector<std::vector<std::chrono::nanoseconds>> times(kThreads);
  std::vector<std::thread> senders;
  for (int t = 0; t < kThreads; ++t) {
    senders.emplace_back([&, t] {
      for (int i = 0; i < kDeliveries; ++i) {
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        const auto expect = [&](const std::string& request, int status) {
          const auto begin = Clock::now();
          wrong += tests::Ask(server->address(), request).status == status ? 0 : 1;
          times[static_cast<size_t>(t)].push_back(Clock::now() - begin);
        };
        expect(DeliveryRequest(PushBody(), id), 202);
        expect(DeliveryRequest(PushBody(), id), 200);
        expect(DeliveryRequest(PushBody(), id + "-forged", "guess"), 401);
      }
    });
  }
  for (std::thread& sender : senders) {
    sender.join();
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(home.runs.AwaitStarted(kThreads * kDeliveries));
  server->Stop();
  const auto started = home.runs.started();
  EXPECT_EQ(std::set(started.begin(), started.end()).size(), started.size());
  EXPECT_EQ(started.size(), static_cast<size_t>(kThreads * kDeliveries));

  std::vector<std::chrono::nanoseconds> all;
  for (const auto& some : times) {
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  const auto p99 = all[all.size() * 99 / 100];
  RecordProperty("p99_us", static_cast<int>(p99.count() / 1000));
  EXPECT_LT(p99, std::chrono::seconds(1));
  EXPECT_LT(all.back(), std::chrono::seconds(10));
}

}  // namespace
}  // namespace runner::serve
