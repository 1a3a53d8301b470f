#include "runtime/image/manifest.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "runtime/base/error.h"

namespace runtime::image {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr char kBlobDigest[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

json Blob(const char* type) { return {{"mediaType", type}, {"digest", kBlobDigest}, {"size", 7}}; }

json AManifest() {
  return {{"schemaVersion", 2},
          {"mediaType", kManifestType},
          {"config", Blob(kConfigType)},
          {"layers", {Blob(kLayerGzipType)}}};
}

std::string ManifestRefusal(const json& document, std::string_view type = {}) {
  try {
    ParseManifest(document.dump(), "manifest", type);
  } catch (const base::Error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Manifest, ReadsOciAndDockerManifests) {
  json document = AManifest();
  EXPECT_EQ(ParseManifest(document.dump(), "manifest").layers.size(), 1u);
  document["mediaType"] = "application/vnd.docker.distribution.manifest.v2+json";
  document["config"] = Blob("application/vnd.docker.container.image.v1+json");
  document["layers"][0] = Blob("application/vnd.docker.image.rootfs.diff.tar.gzip");
  const Manifest manifest = ParseManifest(document.dump(), "manifest");
  EXPECT_EQ(manifest.media_type, "application/vnd.docker.distribution.manifest.v2+json");
  EXPECT_EQ(manifest.config.size, 7u);
}

TEST(Manifest, WritesWhatItReads) {
  const Manifest manifest = ParseManifest(AManifest().dump(), "manifest");
  EXPECT_EQ(json::parse(FormatManifest(manifest.config, manifest.layers)), AManifest());
}

TEST(Manifest, RefusesADocumentThatIsManifestAndIndexAtOnce) {
  json document = AManifest();
  document["manifests"] = json::array();
  EXPECT_THAT(ManifestRefusal(document), HasSubstr("manifest and index at once"));
  document["mediaType"] = kIndexType;
  EXPECT_THROW(ParseIndex(document.dump(), "index"), base::Error);
  EXPECT_THROW(KindOfDocument(document.dump(), "document"), base::Error);
}

TEST(Manifest, RefusesAnotherMediaTypeThanAnnounced) {
  json document = AManifest();
  EXPECT_THAT(ManifestRefusal(document, kIndexType), HasSubstr("isn't that of an image manifest"));
  EXPECT_THAT(ManifestRefusal(document, "application/vnd.docker.distribution.manifest.v2+json"),
              HasSubstr("but says it is"));
  document["mediaType"] = kIndexType;
  EXPECT_THAT(ManifestRefusal(document), HasSubstr("isn't that of an image manifest"));
}

TEST(Manifest, RefusesDigestsThatAreNoFileName) {
  for (const char* digest :
       {"sha256:../../x", "sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e", "",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"}) {
    json document = AManifest();
    document["layers"][0]["digest"] = digest;
    EXPECT_THAT(ManifestRefusal(document), HasSubstr("isn't a digest")) << digest;
  }
}

TEST(Manifest, RefusesSizesThatAreNone) {
  for (const json& size : {json(-1), json(1.5), json("7"), json(), json(~uint64_t{0})}) {
    json document = AManifest();
    document["config"]["size"] = size;
    EXPECT_THAT(ManifestRefusal(document), HasSubstr("must be a size")) << size;
  }
  json document = AManifest();
  document["config"]["size"] = 5u << 20;
  EXPECT_THAT(ManifestRefusal(document), HasSubstr("config is longer"));
}

TEST(Manifest, RefusesTenThousandLayers) {
  json document = AManifest();
  document["layers"] = json::array();
  for (int i = 0; i < 10'000; ++i) {
    document["layers"].push_back(Blob(kLayerGzipType));
  }
  EXPECT_THAT(ManifestRefusal(document), HasSubstr("10000 layers; at most 256"));
}

TEST(Manifest, RefusesWhatIsNoContainerImage) {
  json document = AManifest();
  document["config"]["mediaType"] = "application/vnd.cncf.helm.config.v1+json";
  EXPECT_THAT(ManifestRefusal(document), HasSubstr("not a container image"));
  document = AManifest();
  document["layers"][0]["mediaType"] = "application/vnd.example";
  EXPECT_THAT(ManifestRefusal(document), HasSubstr("can't be unpacked"));
}

TEST(Manifest, RefusesSchema1AndMissingMembers) {
  EXPECT_THAT(ManifestRefusal({{"schemaVersion", 1}, {"fsLayers", json::array()}}),
              HasSubstr("schema 1"));
  EXPECT_THAT(ManifestRefusal({{"schemaVersion", 2}, {"layers", json::array()}}),
              HasSubstr("\"config\" is missing"));
  EXPECT_THAT(ManifestRefusal({{"schemaVersion", 2}, {"config", Blob(kConfigType)}}),
              HasSubstr("\"layers\" must be a list"));
  EXPECT_THAT(ManifestRefusal(json::array()), HasSubstr("an object was expected"));
}

TEST(Manifest, PicksThisMachinesPlatform) {
  json other = Blob(kManifestType);
  other["platform"] = {{"os", "windows"}, {"architecture", HostArchitecture()}};
  json mine = Blob(kManifestType);
  mine["platform"] = {{"os", "linux"}, {"architecture", HostArchitecture()}};
  mine["size"] = 99;
  const json index = {{"schemaVersion", 2}, {"manifests", {other, mine}}};
  EXPECT_EQ(PickPlatform(ParseIndex(index.dump(), "index"), "index").descriptor.size, 99u);
}

TEST(Manifest, SaysWhichPlatformsThereAre) {
  json other = Blob(kManifestType);
  other["platform"] = {{"os", "linux"}, {"architecture", "s390x"}};
  const json index = {{"schemaVersion", 2}, {"manifests", {other}}};
  try {
    PickPlatform(ParseIndex(index.dump(), "index"), "index");
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kNotFound);
    EXPECT_THAT(e.what(), HasSubstr("linux/s390x"));
  }
}

}  // namespace
}  // namespace runtime::image
