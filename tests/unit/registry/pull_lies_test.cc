// A registry that lies: digests, sizes, ranges, redirects.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "tests/unit/registry/hostile_registry.h"

namespace runtime::registry {
namespace {

using base::ErrorKind;
using ::testing::HasSubstr;
using tests::Answer;
using tests::ReceivedRequest;
using tests::ScriptedAnswer;

// A registry that answers requests for the layer so.
class LayerTwist {
 public:
  using Make = std::function<ScriptedAnswer(const ReceivedRequest&, const std::string& layer)>;
  explicit LayerTwist(Make make)
      : registry([this, make](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
          const std::string& layer = registry.sample().layers[0];
          return IsFor(r, registry.sample().layer_digest(0)) ? std::optional(make(r, layer))
                                                             : std::nullopt;
        }) {}

  void ExpectRefused(const std::string& part) {
    const base::Error error = registry.PullFailure();
    EXPECT_EQ(error.kind(), ErrorKind::kInvalid) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("fetch " + registry.sample().layer_digest(0)));
    EXPECT_THAT(error.what(), HasSubstr(part));
    EXPECT_TRUE(registry.NothingPublished());
    EXPECT_FALSE(registry.store().HasBlob(base::Digest::Of(registry.sample().layers[0])));
  }

  HostileRegistry registry;
};

TEST(PullLies, AFlippedBitIsRefused) {
  LayerTwist twist([](const ReceivedRequest&, std::string layer) {
    layer[5000] = static_cast<char>(layer[5000] ^ 1);
    return Answer(200, layer);
  });
  twist.ExpectRefused("sha256:");
}

TEST(PullLies, AShortBlobIsRefused) {
  LayerTwist twist([](const ReceivedRequest&, const std::string& layer) {
    return Answer(200, layer.substr(0, layer.size() - 1));
  });
  twist.ExpectRefused("bytes of");
}

TEST(PullLies, ALongBlobIsRefused) {
  LayerTwist twist(
      [](const ReceivedRequest&, const std::string& layer) { return Answer(200, layer + "x"); });
  twist.ExpectRefused("sends more than");
}

TEST(PullLies, ALayerOfAnotherDiffIdIsRefused) {
  tests::SampleImage sample = tests::MakeSampleImage(1, 1000);
  const std::string right = base::Digest::Of(sample.layers[0]).ToString();
  sample.layers[0] = tests::OneFileLayer("other", "content");
  const size_t at = sample.manifest.find(right);
  sample.manifest.replace(at, right.size(), sample.layer_digest(0));
  const std::string size = "\"size\": ";
  const size_t digits =
      sample.manifest.find(size, sample.manifest.find("\"layers\"")) + size.size();
  sample.manifest.replace(digits, sample.manifest.find_first_not_of("0123456789", digits) - digits,
                          std::to_string(sample.layers[0].size()));
  HostileRegistry registry({}, sample);
  EXPECT_EQ(registry.PullFailure().kind(), ErrorKind::kInvalid);
  EXPECT_TRUE(registry.NothingPublished());
}

TEST(PullLies, AnEndlessBlobIsRefused) {
  LayerTwist twist([](const ReceivedRequest&, const std::string&) {
    return ScriptedAnswer{"HTTP/1.1 200 OK\r\n\r\n", std::string(4096, 'x'), false, false};
  });
  twist.ExpectRefused("sends more than");
}

TEST(PullLies, AnotherRangeIsRefused) {
  int asked = 0;
  LayerTwist twist([&](const ReceivedRequest&, const std::string& layer) {
    if (++asked == 1) {
      ScriptedAnswer cut = Answer(200, layer);
      cut.bytes.resize(50'000);
      return cut;
    }
    return Answer(206, layer.substr(10), "Content-Range: bytes 10-99/100\r\n");
  });
  twist.ExpectRefused("another range");
}

TEST(PullLies, ARangeWithOtherContentIsRefused) {
  int asked = 0;
  LayerTwist twist([&](const ReceivedRequest& r, std::string layer) {
    if (++asked == 1) {
      ScriptedAnswer cut = Answer(200, layer);
      cut.bytes.resize(50'000);
      return cut;
    }
    const size_t begin = std::stoul(r.Header("Range").substr(6));
    layer.back() = static_cast<char>(layer.back() ^ 1);
    return Answer(206, layer.substr(begin),
                  "Content-Range: bytes " + std::to_string(begin) + "-/*\r\n");
  });
  twist.ExpectRefused("sha256:");
}

TEST(PullLies, AManifestOfAnotherDigestIsRefused) {
  HostileRegistry registry([](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    if (r.target.find("/manifests/") == std::string::npos) {
      return std::nullopt;
    }
    return Answer(200, "{}", "Docker-Content-Digest: sha256:" + std::string(64, '0') + "\r\n");
  });
  EXPECT_THAT(registry.PullFailure().what(), HasSubstr("is announced"));
}

TEST(PullLies, AReferenceByDigestGetsExactlyThat) {
  HostileRegistry registry([](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    return r.target.find("/manifests/") == std::string::npos ? std::nullopt
                                                             : std::optional(Answer(200, "{}"));
  });
  const auto reference = image::Reference::Parse(registry.server().host() + "/a/b@" +
                                                 registry.sample().digest().ToString());
  EXPECT_THROW(registry.client().Pull(registry.store(), *reference), base::Error);
  EXPECT_TRUE(registry.NothingPublished());
}

TEST(PullLies, ADocumentThatIsManifestAndIndexIsRefused) {
  HostileRegistry registry([](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    return r.target.find("/manifests/") == std::string::npos
               ? std::nullopt
               : std::optional(
                     Answer(200, R"({"schemaVersion":2,"config":{},"layers":[],"manifests":[]})"));
  });
  EXPECT_EQ(registry.PullFailure().kind(), ErrorKind::kInvalid);
  EXPECT_TRUE(registry.NothingPublished());
}

TEST(PullLies, AHugeManifestIsRefused) {
  HostileRegistry registry([](const ReceivedRequest&) -> std::optional<ScriptedAnswer> {
    return ScriptedAnswer{"HTTP/1.1 200 OK\r\n\r\n", std::string(4096, ' '), false, false};
  });
  EXPECT_THAT(registry.PullFailure().what(), HasSubstr("larger than"));
}

TEST(Redirects, ABlobIsFetchedFromWhereTheRegistryPoints) {
  HostileRegistry other;
  HostileRegistry registry([&](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    if (r.target.find("/blobs/") == std::string::npos) {
      return std::nullopt;
    }
    return Answer(307, "", "Location: " + other.server().url(r.target) + "\r\n");
  });
  registry.Pull();
  EXPECT_EQ(other.server().Count("GET", "/blobs/"), 2);
}

TEST(Redirects, EndAfterFive) {
  int hops = 0;
  HostileRegistry registry([&](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    if (r.target.find("/blobs/") == std::string::npos) {
      return std::nullopt;
    }
    ++hops;
    return Answer(302, "", "Location: " + r.target + "\r\n");
  });
  EXPECT_THAT(registry.PullFailure().what(), HasSubstr("redirects more than 5 times"));
  EXPECT_EQ(hops, 6);
}

TEST(Redirects, LeadNowhereElse) {
  for (const char* target : {"file:///etc/passwd", "http://169.254.169.254/latest/", "ftp://x/",
                             "relative", "", "http://user:pw@127.0.0.1/", "gopher://x/"}) {
    HostileRegistry registry([&](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
      if (r.target.find("/blobs/") == std::string::npos) {
        return std::nullopt;
      }
      return Answer(307, "", std::string("Location: ") + target + "\r\n");
    });
    EXPECT_EQ(registry.PullFailure().kind(), ErrorKind::kInvalid) << target;
  }
}

}  // namespace
}  // namespace runtime::registry
