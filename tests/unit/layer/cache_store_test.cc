#include "runtime/layer/cache_store.h"

#include <gmock/gmock.h>

#include "runtime/base/files.h"

namespace runtime::layer {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

class CacheStoreTest : public testing::Test {
 protected:
  // What a container wrote above the cache.
  fs::path Written(const std::string& file) {
    const fs::path upper = directory_.path() / ("upper-" + std::to_string(++uppers_));
    base::MakeDirectories(upper);
    base::WriteFileAtomically(upper / file, file, base::Durability::kNoFlush, 0644);
    return upper;
  }
  bool Save(const std::string& key, const std::string& file, uint64_t bytes = 10) {
    return store_.Save(store_.Hold(key), Written(file), bytes);
  }

  base::TemporaryDirectory directory_{fs::temp_directory_path(), "cache"};
  base::StateDir state_{directory_.path() / "state"};
  CacheStore store_{state_};
  int uppers_ = 0;
};

TEST_F(CacheStoreTest, GrowsByALayerEachTimeItIsSaved) {
  EXPECT_EQ(store_.Hold("a").count, 0u);
  EXPECT_TRUE(Save("a", "one"));
  EXPECT_TRUE(Save("a", "two"));

  const HeldCache cache = store_.Hold("a");
  EXPECT_EQ(cache.count, 2u);
  EXPECT_EQ(cache.bytes, 20u);
  const Snapshot stack = store_.StackOf(cache);
  ASSERT_THAT(stack.lower, SizeIs(3));
  EXPECT_TRUE(fs::exists(stack.lower[1] / "one"));
  EXPECT_TRUE(fs::exists(stack.lower[2] / "two"));
  EXPECT_EQ(store_.Hold("b").count, 0u);
}

TEST_F(CacheStoreTest, IsSavedByTheFirstOfTwoThatBeganWithTheSame) {
  const HeldCache one = store_.Hold("a");
  const HeldCache two = store_.Hold("a");
  EXPECT_TRUE(store_.Save(one, Written("one"), 1));
  EXPECT_FALSE(store_.Save(two, Written("two"), 1));
  EXPECT_EQ(store_.Hold("a").count, 1u);
}

TEST_F(CacheStoreTest, LosesWhatWasNotUsedForTheLongestWhenAllAreTooLarge) {
  Save("old", "one", 10);
  Save("new", "two", 10);
  const timespec long_ago[2] = {{1, 0}, {1, 0}};
  ::futimens(store_.Hold("old").lock.get(), long_ago);
  store_.Prune(20);
  EXPECT_EQ(store_.Hold("old").count, 1u);
  ::futimens(store_.Hold("old").lock.get(), long_ago);
  store_.Prune(15);
  EXPECT_EQ(store_.Hold("old").count, 0u);
  EXPECT_EQ(store_.Hold("new").count, 1u);
}

TEST_F(CacheStoreTest, KeepsWhatIsInUse) {
  Save("a", "one");
  const HeldCache held = store_.Hold("a");
  store_.Prune(0);
  EXPECT_EQ(store_.Hold("a").count, 1u);
}

TEST_F(CacheStoreTest, RemovesLayersThatACrashLeftWithoutACache) {
  const LayerStore layers(state_);
  layers.Adopt(Written("file"), "cache-" + std::string(64, 'a') + "-0");
  store_.Hold("a");
  store_.Prune(0);
  EXPECT_THAT(layers.List(), IsEmpty());
}

TEST_F(CacheStoreTest, TakesTheLayerOfOneWhoCrashedBeforeItWasCountedForNothing) {
  const HeldCache cache = store_.Hold("a");
  LayerStore(state_).Adopt(Written("half"), "cache-" + cache.id + "-0");
  EXPECT_TRUE(store_.Save(cache, Written("whole"), 1));
  EXPECT_TRUE(fs::exists(store_.StackOf(store_.Hold("a")).lower.back() / "whole"));
}

TEST_F(CacheStoreTest, BeginsAnewWhenItsStackIsAsHighAsMayBe) {
  for (size_t i = 0; i < CacheStore::kMaxLayers; ++i) {
    ASSERT_TRUE(Save("a", "file")) << i;
  }
  EXPECT_EQ(store_.Hold("a").count, 0u);
}

}  // namespace
}  // namespace runtime::layer
