// What the git container brings is believed in as far as it is a plain file of the right size.
#include "runtime/git/lfs_store.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LfsStoreTest : public GitTest {
 protected:
  LfsStoreTest() { fs::create_directories(brought_); }
  std::string ErrorOfTake() {
    return ErrorOf([&] { store_.Take(brought_, {object_}); });
  }
  fs::path File() const { return brought_ / object_.oid; }

  const LfsObject object_ = {.oid = std::string(64, 'a'), .size = 5, .file = "a.bin"};
  const fs::path brought_ = Path("brought");
  const LfsStore store_{Path("store")};
};

TEST_F(LfsStoreTest, PlacesWhatItTook) {
  EXPECT_FALSE(store_.Has(object_));
  base::WriteFileAtomically(File(), "12345");
  store_.Take(brought_, {object_});
  EXPECT_TRUE(store_.Has(object_));
  for (const bool executable : {false, true, true}) {
    const fs::path path = Path("placed" + std::to_string(executable));
    fs::remove(path);
    store_.Place(object_, executable, path);
    struct stat status {};
    ASSERT_EQ(::lstat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode, executable ? 0100755u : 0100644u);
    EXPECT_EQ(status.st_mtim.tv_sec, OutputTree::kModificationTime);
    EXPECT_EQ(base::ReadFile(path), "12345");
  }
}

TEST_F(LfsStoreTest, LeavesAloneWhatWasNotBroughtOrNotAskedFor) {
  base::WriteFileAtomically(brought_ / "other", "12345");
  store_.Take(brought_, {object_});
  EXPECT_FALSE(store_.Has(object_));
  EXPECT_TRUE(fs::exists(brought_ / "other"));
}

TEST_F(LfsStoreTest, RefusesALink) {
  base::WriteFileAtomically(Path("secret"), "12345");
  fs::create_symlink(Path("secret"), File());
  EXPECT_NE(ErrorOfTake(), "");
  EXPECT_FALSE(store_.Has(object_));
}

TEST_F(LfsStoreTest, RefusesASecondNameOfAnotherFile) {
  base::WriteFileAtomically(Path("other"), "12345");
  fs::create_hard_link(Path("other"), File());
  EXPECT_THAT(ErrorOfTake(), HasSubstr("something else than object"));
}

TEST_F(LfsStoreTest, RefusesAPipeWithoutWaitingForIt) {
  ASSERT_EQ(::mkfifo(File().c_str(), 0600), 0);
  EXPECT_THAT(ErrorOfTake(), HasSubstr("something else than object"));
}

TEST_F(LfsStoreTest, RefusesAnotherSize) {
  base::WriteFileAtomically(File(), "123456");
  EXPECT_THAT(ErrorOfTake(), HasSubstr("something else than object"));
}

TEST_F(LfsStoreTest, HasNothingThatACrashCutShort) {
  fs::create_directories(Path("store") / "aa");
  base::WriteFileAtomically(Path("store") / "aa" / object_.oid, "");
  EXPECT_FALSE(store_.Has(object_));
}

}  // namespace
}  // namespace runtime::git
