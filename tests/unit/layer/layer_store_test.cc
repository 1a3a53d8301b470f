#include "runtime/layer/layer_store.h"

#include <gtest/gtest.h>

#include "tests/unit/layer/scratch.h"

namespace runtime::layer {
namespace {
namespace fs = std::filesystem;
using base::ErrorKind;

class LayerStoreTest : public testing::Test {
 protected:
  base::TemporaryDirectory Draft(std::string_view content) {
    base::TemporaryDirectory draft = store_.NewDraft();
    fs::create_directory(draft.path() / "fs");
    base::WriteFileAtomically(draft.path() / "fs/file", content, base::Durability::kNoFlush);
    return draft;
  }

  ErrorKind KindOf(const std::function<void()>& f) {
    try {
      f();
    } catch (const base::Error& e) {
      return e.kind();
    }
    ADD_FAILURE() << "no error";
    return ErrorKind::kInternal;
  }

  bool IsEmpty(const fs::path& directory) { return fs::is_empty(directory); }

  Scratch scratch_;
  base::StateDir state_{scratch_.path("state")};
  LayerStore store_{state_};
};

TEST_F(LayerStoreTest, ShowsALayerOnceItIsPublished) {
  base::TemporaryDirectory draft = Draft("one");
  EXPECT_FALSE(store_.Has("a"));
  store_.Publish(std::move(draft), "a");
  EXPECT_TRUE(store_.Has("a"));
  EXPECT_EQ(store_.Path("a"), state_.layers() / "a" / "fs");
  EXPECT_EQ(base::ReadFile(store_.Path("a") / "file"), "one");
  EXPECT_TRUE(IsEmpty(state_.tmp()));
}

TEST_F(LayerStoreTest, RemovesADraftThatIsNotPublished) {
  { Draft("x"); }
  EXPECT_TRUE(IsEmpty(state_.tmp()));
}

TEST_F(LayerStoreTest, KeepsTheFirstOfTwoLayersWithOneId) {
  store_.Publish(Draft("first"), "a");
  store_.Publish(Draft("second"), "a");
  EXPECT_EQ(base::ReadFile(store_.Path("a") / "file"), "first");
  EXPECT_TRUE(IsEmpty(state_.tmp()));
}

TEST_F(LayerStoreTest, StacksALayerAboveTheOneThatItStandsOn) {
  store_.Publish(Draft("below"), "a");
  store_.Publish(Draft("above"), "b", "a");
  const std::vector<fs::path> both = {state_.layers() / "a/fs", state_.layers() / "b/fs"};
  EXPECT_EQ(store_.Directories("b"), both);
  EXPECT_EQ(store_.Stack({"b"}).lower, both);
  EXPECT_EQ(store_.Directories("a"), std::vector<fs::path>{state_.layers() / "a/fs"});
  EXPECT_EQ(KindOf([&] { store_.Path("b"); }), ErrorKind::kInternal) << "it is only half of it";
}

TEST_F(LayerStoreTest, HasNoLayerWhoseGroundIsGone) {
  store_.Publish(Draft("below"), "a");
  store_.Publish(Draft("above"), "b", "a");
  store_.Remove("a");
  EXPECT_FALSE(store_.Has("b"));
  EXPECT_EQ(KindOf([&] { store_.Stack({"b"}); }), ErrorKind::kNotFound);

  store_.Publish(Draft("whole"), "b");
  EXPECT_EQ(base::ReadFile(store_.Path("b") / "file"), "whole");
  EXPECT_TRUE(IsEmpty(state_.tmp()));
}

TEST_F(LayerStoreTest, LetsALayerStandOnAWholeOneOnly) {
  store_.Publish(Draft("below"), "a");
  store_.Publish(Draft("above"), "b", "a");
  EXPECT_EQ(KindOf([&] { store_.Publish(Draft("x"), "c", "b"); }), ErrorKind::kInternal);
  EXPECT_EQ(KindOf([&] { store_.Publish(Draft("x"), "c", "missing"); }), ErrorKind::kNotFound);
  EXPECT_FALSE(store_.Has("c"));
}

TEST_F(LayerStoreTest, ReadsNoNameThatLeavesTheStore) {
  store_.Publish(Draft("x"), "a");
  base::WriteFileAtomically(state_.layers() / "a/on", "../../etc", base::Durability::kNoFlush);
  EXPECT_EQ(KindOf([&] { store_.Has("a"); }), ErrorKind::kInvalid);
}

TEST_F(LayerStoreTest, PublishesNoDraftWithoutContent) {
  EXPECT_EQ(KindOf([&] { store_.Publish(store_.NewDraft(), "a"); }), ErrorKind::kInternal);
  EXPECT_FALSE(store_.Has("a"));
}

TEST_F(LayerStoreTest, AdoptsADirectory) {
  fs::create_directories(state_.containers() / "c/upper");
  base::WriteFileAtomically(state_.containers() / "c/upper/file", "made");
  store_.Adopt(state_.containers() / "c/upper", "step-1");
  EXPECT_EQ(base::ReadFile(store_.Path("step-1") / "file"), "made");
  EXPECT_FALSE(fs::exists(state_.containers() / "c/upper"));
}

TEST_F(LayerStoreTest, StacksLayersLowestFirst) {
  store_.Publish(Draft("a"), "a");
  store_.Publish(Draft("b"), "b");
  const Snapshot snapshot = store_.Stack({"a", "b"});
  EXPECT_EQ(snapshot.lower, (std::vector<fs::path>{store_.Path("a"), store_.Path("b")}));
  EXPECT_TRUE(snapshot.upper.empty());
}

TEST_F(LayerStoreTest, SaysWhichLayerIsMissing) {
  store_.Publish(Draft("a"), "a");
  try {
    store_.Stack({"a", "gone"});
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kNotFound);
    EXPECT_NE(std::string(e.what()).find("gone"), std::string::npos);
  }
}

TEST_F(LayerStoreTest, RemovesALayerAndTakesAMissingOne) {
  store_.Publish(Draft("a"), "a");
  store_.Remove("a");
  store_.Remove("a");
  EXPECT_FALSE(store_.Has("a"));
  EXPECT_TRUE(IsEmpty(state_.trash()));
}

TEST_F(LayerStoreTest, ListsWholeLayersOnly) {
  store_.Publish(Draft("b"), "b");
  store_.Publish(Draft("a"), "a");
  fs::create_directories(state_.layers() / "half/fs");
  EXPECT_FALSE(store_.Has("half"));
  EXPECT_EQ(store_.List(), (std::vector<LayerId>{"a", "b"}));
}

TEST_F(LayerStoreTest, RefusesIdsThatCouldBeAnythingElse) {
  for (const std::string& id :
       {std::string(), std::string("."), std::string(".."), std::string("../a"), std::string("a/b"),
        std::string(".hidden"), std::string("a\0b", 3), std::string("a\n"), std::string("a b"),
        std::string("caf\xc3\xa9"), std::string(201, 'a'), std::string("a:b")}) {
    EXPECT_FALSE(IsLayerId(id)) << id;
    EXPECT_EQ(KindOf([&] { store_.Has(id); }), ErrorKind::kInvalid) << id;
    EXPECT_EQ(KindOf([&] { store_.Path(id); }), ErrorKind::kInvalid) << id;
    EXPECT_EQ(KindOf([&] { store_.Remove(id); }), ErrorKind::kInvalid) << id;
    EXPECT_EQ(KindOf([&] { store_.Publish(Draft("x"), id); }), ErrorKind::kInvalid) << id;
  }
  EXPECT_TRUE(IsLayerId("step-r1-build.2_x"));
  EXPECT_TRUE(IsLayerId(std::string(200, 'a')));
}

}  // namespace
}  // namespace runtime::layer
