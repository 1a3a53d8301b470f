#include "runtime/lifecycle/store.h"

#include <gmock/gmock.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::lifecycle {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class StoreTest : public testing::Test {
 protected:
  std::string Make(const std::string& id, const std::string& name = "") {
    Config config;
    config.id = id;
    config.image_digest = "sha256:00";
    config.spec.argv = {"true"};
    store_.Create(config, name);
    return id;
  }
  ErrorKind Refusal(const std::string& text) const {
    try {
      store_.Find(text);
    } catch (const Error& e) {
      return e.kind();
    }
    ADD_FAILURE() << text << " was found";
    return ErrorKind::kInternal;
  }

  base::TemporaryDirectory root_{fs::temp_directory_path(), "store"};
  Store store_{base::StateDir(root_.path())};
};

TEST_F(StoreTest, FindsByIdNameAndFirstDigits) {
  Make("aaaa11112222", "web");
  Make("aabb11112222");
  EXPECT_EQ(store_.Find("aaaa11112222"), "aaaa11112222");
  EXPECT_EQ(store_.Find("web"), "aaaa11112222");
  EXPECT_EQ(store_.Find("aab"), "aabb11112222");
  EXPECT_EQ(store_.Get("web").name, "web");
  EXPECT_EQ(store_.Get("aab").name, "aabb11112222");
  EXPECT_EQ(Refusal("aa"), ErrorKind::kUsage);
  EXPECT_EQ(Refusal("cc"), ErrorKind::kNotFound);
  for (const char* text : {"", ".", "..", "../kept", "we", "web/"}) {
    EXPECT_EQ(Refusal(text), ErrorKind::kNotFound) << text;
  }
}

TEST_F(StoreTest, GivesANameOnce) {
  Make("aaaa11112222", "web");
  EXPECT_THROW(Make("bbbb11112222", "web"), Error);
  EXPECT_THAT(store_.List(), UnorderedElementsAre("aaaa11112222"));
  EXPECT_THAT(fs::is_empty(store_.state().tmp()), true);
}

TEST_F(StoreTest, IsEmptyAtFirst) {
  EXPECT_THAT(store_.List(), IsEmpty());
  EXPECT_EQ(Refusal("web"), ErrorKind::kNotFound);
}

TEST_F(StoreTest, GivesANameAgainAfterRemovalAndRenaming) {
  const std::string id = Make("aaaa11112222", "web");
  store_.Rename(id, "old");
  Make("bbbb11112222", "web");
  EXPECT_THROW(store_.Rename(id, "web"), Error);
  {
    const std::optional<LifeLock> lock = store_.Take("bbbb11112222");
    ASSERT_TRUE(lock);
    store_.Remove("bbbb11112222", false);
  }
  store_.Rename(id, "web");
  EXPECT_EQ(store_.Find("web"), id);
}

TEST_F(StoreTest, TakesNoLockOfAContainerThatLives) {
  const std::string id = Make("aaaa11112222");
  const std::optional<LifeLock> lock = store_.Take(id);
  ASSERT_TRUE(lock);
  store_.WriteState(id, {.status = Status::kRunning});
  EXPECT_FALSE(store_.Take(id));
  EXPECT_EQ(store_.Load(id)->state.status, Status::kRunning);
}

TEST_F(StoreTest, ShowsAContainerWhoseMonitorWasKilledAsEnded) {
  const std::string id = Make("aaaa11112222");
  store_.WriteState(id, {.status = Status::kRunning});
  const std::optional<Kept> kept = store_.Load(id);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->state.status, Status::kExited);
  EXPECT_EQ(kept->state.exit_code, 137);
}

TEST_F(StoreTest, RefusesTheLockOfAContainerThatIsGone) {
  const std::string id = Make("aaaa11112222");
  store_.Remove(id, false);
  EXPECT_FALSE(store_.Load(id));
  EXPECT_THROW(store_.Take(id), Error);
}

}  // namespace
}  // namespace runtime::lifecycle
