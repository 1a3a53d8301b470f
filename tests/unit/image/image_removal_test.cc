#include <gmock/gmock.h>

#include "tests/unit/image/store_fixture.h"

namespace runtime::image {
namespace {

using ::testing::HasSubstr;

class RemovalTest : public StoreTest {
 protected:
  void PublishLayer(const layer::LayerId& id) const {
    base::TemporaryDirectory draft = store_.layers().NewDraft();
    base::MakeDirectories(draft.path() / "fs");
    store_.layers().Publish(std::move(draft), id);
  }

  void Untag(std::string_view name) const { store_.Untag(*Reference::Parse(name)); }
};

TEST_F(RemovalTest, TheLastNameTakesTheImageWithIt) {
  const Image image = BuildTagged({"a", "b"}, "x:1");
  store_.Tag(image.manifest.digest, *Reference::Parse("x:2"));
  for (const layer::LayerId& id : image.layers) {
    PublishLayer(id);
  }
  Untag("x:1");
  EXPECT_TRUE(store_.Find("x:2"));
  EXPECT_TRUE(store_.layers().Has(image.layers[1]));
  Untag("x:2");
  EXPECT_EQ(Count(state_.blobs()), 0u);
  EXPECT_TRUE(store_.layers().List().empty());
  EXPECT_EQ(Count(state_.refs()), 0u);
}

TEST_F(RemovalTest, WhatAnotherImageNeedsStays) {
  const Image below = BuildTagged({"a"}, "below");
  const Image above = BuildTagged({"a", "b"}, "above");
  PublishLayer(above.layers[0]);
  PublishLayer(above.layers[1]);
  Untag("above");
  EXPECT_TRUE(store_.HasBlob(below.blobs[0].digest));
  EXPECT_TRUE(store_.layers().Has(below.layers[0]));
  EXPECT_FALSE(store_.HasBlob(above.blobs[1].digest));
  EXPECT_FALSE(store_.layers().Has(above.layers[1]));
}

TEST_F(RemovalTest, AnImageThatNeverHadANameStays) {
  const Image built = Build({"a", "b"});
  BuildTagged({"a"}, "below");
  Untag("below");
  EXPECT_TRUE(store_.Find(built.manifest.digest.ToString()));
  EXPECT_TRUE(store_.HasBlob(built.blobs[0].digest));
}

TEST_F(RemovalTest, LayersOfOtherKindsStay) {
  PublishLayer("git-0123");
  PublishLayer("step-1-build");
  PublishLayer(base::Digest::Of("no image has it").hex());
  BuildTagged({"a"}, "x");
  Untag("x");
  EXPECT_EQ(store_.layers().List().size(), 2u);
}

TEST_F(RemovalTest, ALayerThatAContainerUsesStaysUntilTheNextSweep) {
  const Image image = BuildTagged({"a"}, "x");
  PublishLayer(image.layers[0]);
  {
    const auto held = store_.HoldLayers(image.layers);
    Untag("x");
    EXPECT_TRUE(store_.layers().Has(image.layers[0]));
    EXPECT_FALSE(store_.HasBlob(image.blobs[0].digest));
  }
  EXPECT_TRUE(store_.Sweep());
  EXPECT_FALSE(store_.layers().Has(image.layers[0]));
}

TEST_F(RemovalTest, NothingGoesWhileSomebodyWritesAnImage) {
  const Image image = BuildTagged({"a"}, "x");
  {
    const base::UniqueFd hold = store_.Hold();
    Untag("x");
    EXPECT_FALSE(store_.Find("x"));
    EXPECT_TRUE(store_.HasBlob(image.blobs[0].digest));
  }
  EXPECT_TRUE(store_.Sweep());
  EXPECT_EQ(Count(state_.blobs()), 0u);
}

TEST_F(RemovalTest, AnImageMadeAgainAfterItsRemovalStays) {
  const Image image = BuildTagged({"a"}, "x");
  {
    const base::UniqueFd hold = store_.Hold();
    Untag("x");
    Build({"a"});
  }
  EXPECT_TRUE(store_.Sweep());
  EXPECT_TRUE(store_.Find(image.manifest.digest.ToString()));
}

TEST_F(RemovalTest, RemovingByDigestTakesAllNames) {
  const Image image = BuildTagged({"a"}, "x");
  store_.Tag(image.manifest.digest, *Reference::Parse("y"));
  store_.Remove(image.manifest.digest);
  EXPECT_TRUE(store_.List().empty());
  EXPECT_EQ(Count(state_.blobs()), 0u);
  const Image unnamed = Build({"b"});
  store_.Remove(unnamed.manifest.digest);
  EXPECT_FALSE(store_.Find(unnamed.manifest.digest.ToString()));
}

TEST_F(RemovalTest, SaysThatThereIsNoSuchName) {
  EXPECT_THAT(MessageOf([&] { Untag("debian"); }), HasSubstr("no image \"debian:latest\""));
}

TEST_F(RemovalTest, AHeldLayerMustBeThere) {
  EXPECT_THROW(store_.HoldLayers({base::Digest::Of("x").hex()}), base::Error);
}

TEST_F(RemovalTest, BlobsThatNoManifestNamesGo) {
  Blob("left by a pull that was killed");
  BuildTagged({"a"}, "x");
  EXPECT_TRUE(store_.Sweep());
  EXPECT_EQ(Count(state_.blobs()), 3u);
}

TEST_F(RemovalTest, TheIndexForgetsTheName) {
  BuildTagged({"a"}, "x");
  Untag("x");
  EXPECT_THAT(base::ReadFile(root_.path() / "index.json"), HasSubstr("\"manifests\":[]"));
}

}  // namespace
}  // namespace runtime::image
