#include "runtime/image/image_store.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/unit/image/store_fixture.h"

namespace runtime::image {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(StoreTest, ABlobIsThereOnlyOnceCommitted) {
  const base::Digest digest = base::Digest::Of("content");
  {
    const auto writer = store_.NewBlob();
    writer->Write("content");
    EXPECT_FALSE(store_.HasBlob(digest));
  }
  EXPECT_FALSE(store_.HasBlob(digest));
  EXPECT_EQ(Count(state_.tmp()), 0u);
  EXPECT_EQ(Blob("content").digest, digest);
  EXPECT_EQ(store_.ReadBlob(digest, 100), "content");
}

TEST_F(StoreTest, ABlobOfAnotherDigestIsNotPublished) {
  const auto writer = store_.NewBlob();
  writer->Write("content");
  const base::Digest expected = base::Digest::Of("other");
  EXPECT_THAT(MessageOf([&] { writer->Commit(kLayerGzipType, expected); }),
              HasSubstr(expected.ToString()));
  EXPECT_EQ(Count(state_.blobs()), 0u);
}

TEST_F(StoreTest, FindsAnImageByEveryKindOfName) {
  const Image image = BuildTagged({"a", "b"}, "host:5000/a/b:tag");
  const std::string digest = image.manifest.digest.ToString();
  for (const std::string& name :
       {std::string("host:5000/a/b:tag"), digest, "x/y@" + digest, image.manifest.digest.hex(),
        image.manifest.digest.hex().substr(0, 6), digest.substr(0, 20)}) {
    const auto found = store_.Find(name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->manifest.digest, image.manifest.digest);
    EXPECT_EQ(found->layers, image.layers);
  }
  EXPECT_FALSE(store_.Find("host:5000/a/b"));
  EXPECT_FALSE(store_.Find(image.manifest.digest.hex().substr(0, 5)));
  EXPECT_FALSE(store_.Find("../../etc/passwd"));
  EXPECT_FALSE(store_.Find(""));
}

TEST_F(StoreTest, FindsDockerHubsNamesInBothSpellings) {
  BuildTagged({"a"}, "docker.io/library/debian:12");
  BuildTagged({"b"}, "pie/hubot:1");
  EXPECT_TRUE(store_.Find("debian:12"));
  EXPECT_TRUE(store_.Find("docker.io/pie/hubot:1"));
  EXPECT_FALSE(store_.Find("example.org/library/debian:12"));
}

TEST_F(StoreTest, TheExactNameWinsOverTheOtherSpelling) {
  BuildTagged({"a"}, "docker.io/library/debian");
  const Image own = BuildTagged({"b"}, "debian");
  EXPECT_EQ(store_.Get("debian").manifest.digest, own.manifest.digest);
}

TEST_F(StoreTest, FindsBlobsThatAreNoManifestByNoName) {
  const Image image = Build({"a"});
  EXPECT_FALSE(store_.Find(image.config_blob.digest.ToString()));
  EXPECT_FALSE(store_.Find(image.blobs[0].digest.hex().substr(0, 12)));
}

TEST_F(StoreTest, SaysHowToGetAnImageThatIsNotThere) {
  EXPECT_THAT(MessageOf([&] { store_.Get("debian:12"); }),
              HasSubstr("runner image pull debian:12"));
  EXPECT_THAT(MessageOf([&] { store_.Get("a b\n\x1b[2J"); }), HasSubstr("isn't the name"));
}

TEST_F(StoreTest, EqualInputGivesAnEqualImage) {
  EXPECT_EQ(Build({"a", "b"}).manifest.digest, Build({"a", "b"}).manifest.digest);
  EXPECT_NE(Build({"a", "b"}).manifest.digest, Build({"b", "a"}).manifest.digest);
}

TEST_F(StoreTest, RefusesToWriteAnImageWithoutItsLayers) {
  const Descriptor missing{kLayerGzipType, base::Digest::Of("missing"), 7};
  ImageConfig config;
  config.diff_ids = {base::Digest::Of("x")};
  EXPECT_THAT(MessageOf([&] { store_.WriteImage(config, {missing}); }), HasSubstr("is missing"));
  EXPECT_THAT(MessageOf([&] { store_.WriteImage(config, {}); }), HasSubstr("1 diffIDs"));
  EXPECT_TRUE(store_.ListImages().empty());
}

TEST_F(StoreTest, DamagedDocumentsAreNamed) {
  const Image image = BuildTagged({"a"}, "debian");
  std::string config = store_.ReadBlob(image.config_blob.digest, 1 << 20);
  config[config.find("amd64")] = 'A';
  Overwrite(BlobPath(image.config_blob.digest), config);
  EXPECT_THAT(MessageOf([&] { store_.Get("debian"); }),
              AllOf(HasSubstr(image.config_blob.digest.ToString()), HasSubstr("damaged")));
  std::filesystem::remove(BlobPath(image.config_blob.digest));
  EXPECT_THAT(MessageOf([&] { store_.Get("debian"); }), HasSubstr("is missing"));
  Overwrite(BlobPath(image.manifest.digest), "{}");
  EXPECT_THAT(MessageOf([&] { store_.Get("debian"); }),
              AllOf(HasSubstr(image.manifest.digest.ToString()), HasSubstr("damaged")));
}

TEST_F(StoreTest, RefusesAManifestWhoseLayersAreNotTheConfigs) {
  const Image image = Build({"a"});
  const json manifest = {{"schemaVersion", 2},
                         {"config",
                          {{"mediaType", kConfigType},
                           {"digest", image.config_blob.digest.ToString()},
                           {"size", image.config_blob.size}}},
                         {"layers", json::array()}};
  const Descriptor written = Blob(manifest.dump(), kManifestType);
  EXPECT_THAT(MessageOf([&] { store_.Load(written); }), HasSubstr("0 layers"));
}

TEST_F(StoreTest, RefusesAManifestThatNamesItself) {
  // Its own digest can't be known; the config of another image can stand for a manifest.
  const Image image = Build({"a"});
  EXPECT_THAT(MessageOf([&] { store_.Load(image.config_blob); }), HasSubstr("manifest"));
}

TEST_F(StoreTest, ListsNamesSortedAndMovesATag) {
  const Image a = BuildTagged({"a"}, "z:1");
  const Image b = BuildTagged({"b"}, "a:1");
  store_.Tag(b.manifest.digest, *Reference::Parse("z:1"));
  std::vector<std::string> names;
  for (const auto& tagged : store_.List()) {
    names.push_back(tagged.name);
    EXPECT_EQ(tagged.digest, b.manifest.digest);
  }
  EXPECT_THAT(names, ElementsAre("a:1", "z:1"));
  EXPECT_TRUE(store_.Find(a.manifest.digest.ToString()));
}

TEST_F(StoreTest, TheIndexListsEveryName) {
  const Image image = BuildTagged({"a"}, "host:5000/a/b:tag");
  store_.Tag(image.manifest.digest, *Reference::Parse("a"));
  const json index = json::parse(base::ReadFile(root_.path() / "index.json"));
  ASSERT_EQ(index["manifests"].size(), 2u);
  EXPECT_EQ(index["manifests"][1]["annotations"]["org.opencontainers.image.ref.name"],
            "host:5000/a/b:tag");
  EXPECT_EQ(index["manifests"][1]["digest"], image.manifest.digest.ToString());
  EXPECT_THAT(base::ReadFile(root_.path() / "oci-layout"), HasSubstr("1.0.0"));
}

TEST_F(StoreTest, TagsNothingThatIsNotThere) {
  EXPECT_THAT(MessageOf([&] { store_.Tag(base::Digest::Of("x"), *Reference::Parse("a")); }),
              HasSubstr("no image"));
  EXPECT_TRUE(store_.List().empty());
}

TEST_F(StoreTest, ADamagedReferenceSaysHowToRemoveIt) {
  BuildTagged({"a"}, "debian:12");
  Overwrite(state_.refs() / "debian%3A12", "{");
  EXPECT_THAT(MessageOf([&] { store_.Find("debian:12"); }), HasSubstr("runner image rm debian:12"));
  store_.Untag(*Reference::Parse("debian:12"));
  EXPECT_TRUE(store_.List().empty());
}

}  // namespace
}  // namespace runtime::image
