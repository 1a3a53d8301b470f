// A registry that fails: cuts, 429, 5xx, silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stop_token>
#include <thread>

#include "runtime/base/error.h"
#include "tests/unit/registry/hostile_registry.h"

namespace runtime::registry {
namespace {

using base::ErrorKind;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::Answer;
using tests::ReceivedRequest;
using tests::ScriptedAnswer;

TEST(Pull, FetchesAnImage) {
  HostileRegistry registry;
  const image::Image image = registry.Pull();
  EXPECT_EQ(image.manifest.digest, registry.sample().digest());
  const auto found = registry.store().Find(registry.reference().ToString());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->manifest.digest, image.manifest.digest);
  EXPECT_EQ(registry.store().ReadBlob(image.blobs[0].digest, 1 << 20), registry.sample().layers[0]);
}

TEST(Pull, FetchesNoBlobTwice) {
  HostileRegistry registry;
  registry.Pull();
  registry.Pull();
  EXPECT_EQ(registry.server().Count("GET", "/blobs/"), 2);
}

TEST(Pull, GoesOnWhereACutDownloadEnded) {
  int asked = 0;
  HostileRegistry* self = nullptr;
  HostileRegistry registry([&](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    if (!IsFor(r, self->sample().layer_digest(0)) || ++asked > 1) {
      return std::nullopt;
    }
    ScriptedAnswer answer = Answer(200, self->sample().layers[0]);
    answer.bytes.resize(60'000);
    return answer;
  });
  self = &registry;
  registry.Pull();
  const ReceivedRequest last = registry.server().requests().back();
  EXPECT_TRUE(last.Header("Range").starts_with("bytes=59")) << last.head;
  EXPECT_EQ(registry.waits().size(), 1u);
}

TEST(Pull, SurvivesACutAtEveryPlace) {
  const tests::SampleImage sample = tests::MakeSampleImage(1, 300);
  for (const std::string& part : {std::string("/manifests/"), sample.layer_digest(0)}) {
    for (size_t cut = 0;; cut += 31) {
      int asked = 0;
      bool whole = false;
      HostileRegistry* self = nullptr;
      HostileRegistry registry(
          [&](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
            if (r.target.find(part) == std::string::npos || ++asked > 1) {
              return std::nullopt;
            }
            ScriptedAnswer answer =
                Answer(200, part == "/manifests/" ? sample.manifest : sample.layers[0]);
            whole = cut >= answer.bytes.size();
            answer.bytes.resize(std::min(cut, answer.bytes.size()));
            return answer;
          },
          sample);
      self = &registry;
      EXPECT_EQ(self->Pull().manifest.digest, sample.digest()) << part << " " << cut;
      if (whole) {
        break;
      }
    }
  }
}

TEST(Pull, BeginsAgainWhenTheRegistryKnowsNoRanges) {
  int asked = 0;
  HostileRegistry* self = nullptr;
  HostileRegistry registry([&](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    if (!IsFor(r, self->sample().layer_digest(0))) {
      return std::nullopt;
    }
    ScriptedAnswer answer = Answer(200, self->sample().layers[0]);
    if (++asked == 1) {
      answer.bytes.resize(60'000);
    }
    return answer;
  });
  self = &registry;
  registry.Pull();
  EXPECT_EQ(asked, 2);
}

TEST(Pull, GivesUpAfterTheLastAttempt) {
  HostileRegistry registry([](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    return r.target.find("/manifests/") == std::string::npos ? std::nullopt
                                                             : std::optional(Answer(503, ""));
  });
  const base::Error error = registry.PullFailure();
  EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(std::string(error.what()), "pull " + registry.server().host() +
                                           "/a/b:1: " + registry.server().host() + " answers 503");
  EXPECT_THAT(registry.waits(), ElementsAre(milliseconds(500), milliseconds(1000),
                                            milliseconds(2000), milliseconds(4000)));
  EXPECT_TRUE(registry.NothingPublished());
}

TEST(Pull, WaitsAsLongAsA429Asks) {
  int asked = 0;
  HostileRegistry registry([&](const ReceivedRequest&) -> std::optional<ScriptedAnswer> {
    return ++asked > 1 ? std::nullopt : std::optional(Answer(429, "", "Retry-After: 7\r\n"));
  });
  registry.Pull();
  EXPECT_THAT(registry.waits(), ElementsAre(milliseconds(7000)));
}

TEST(Pull, DoesNotWaitForHours) {
  for (const char* wait : {"36000", "99999999999999999999"}) {
    HostileRegistry registry([&](const ReceivedRequest&) -> std::optional<ScriptedAnswer> {
      return Answer(429, "", std::string("Retry-After: ") + wait + "\r\n");
    });
    EXPECT_THAT(registry.PullFailure().what(), HasSubstr("429 (too many requests)"));
    EXPECT_TRUE(registry.waits().empty());
  }
}

TEST(Pull, RetriesNoRefusedConnection) {
  auto registry = std::make_unique<HostileRegistry>();
  const auto reference = registry->reference();
  int port = 0;
  {
    const tests::ScriptedServer gone([](const ReceivedRequest&) { return Answer(200); });
    port = gone.port();
  }
  const std::string host = "127.0.0.1:" + std::to_string(port);
  try {
    registry->client().Pull(registry->store(), *image::Reference::Parse(host + "/a:1"));
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(std::string(e.what()),
              "pull " + host + "/a:1: connect to " + host + ": Connection refused");
  }
  EXPECT_TRUE(registry->waits().empty());
}

TEST(Pull, NamesAnImageThatIsNotThere) {
  HostileRegistry registry;
  try {
    registry.client().Pull(registry.store(),
                           *image::Reference::Parse(registry.server().host() + "/a/b:other"));
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kNotFound);
    EXPECT_THAT(e.what(), HasSubstr("/a/b:other: "));
    EXPECT_THAT(e.what(), HasSubstr("doesn't have it: MANIFEST_UNKNOWN: manifest unknown"));
  }
}

TEST(Pull, ShowsNoControlCharactersOfAnAnswer) {
  HostileRegistry registry([](const ReceivedRequest&) -> std::optional<ScriptedAnswer> {
    return Answer(400, R"({"errors":[{"code":"X\u001b]0;t\u0007","message":"a\nb"}]})");
  });
  const std::string message = registry.PullFailure().what();
  EXPECT_THAT(message, Not(HasSubstr("\x1b")));
  EXPECT_THAT(message, Not(HasSubstr("\n")));
}

// A stop when this is asked for; what Pull throws then.
void ExpectStopAt(const std::string& target, const ScriptedAnswer& answer) {
  std::stop_source stop;
  HostileRegistry registry([&](const ReceivedRequest& request) -> std::optional<ScriptedAnswer> {
    if (request.target.find(target) == std::string::npos) {
      return std::nullopt;
    }
    stop.request_stop();
    return answer;
  });
  try {
    registry.client().Pull(registry.store(), registry.reference(), {}, stop.get_token());
    ADD_FAILURE() << "the pull succeeded";
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kCancelled) << e.what();
  }
  EXPECT_TRUE(registry.NothingPublished());
}

TEST(PullFaults, AStopEndsItWhereverTheRegistryIsSilent) {
  ExpectStopAt("/manifests/", {"", "", true, false});
  ExpectStopAt("/blobs/", {"", "", true, false});
  ExpectStopAt("/blobs/", {"HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\nabc", "", true, false});
}

TEST(Retry, AStopEndsTheWait) {
  RetryOptions options;
  options.first_wait = options.longest_wait = std::chrono::hours(1);
  std::stop_source stop;
  Retry retry(options, stop.get_token());
  const std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_THROW(retry.Again(), base::Error);
}

}  // namespace
}  // namespace runtime::registry
