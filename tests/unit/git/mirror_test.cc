#include "runtime/git/helper/mirror.h"

#include <gmock/gmock.h>

#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

class MirrorTest : public GitTest {
 protected:
  MirrorTest() { std::filesystem::create_directories(Path("mirror")); }
};

TEST_F(MirrorTest, IsMadeOnceAndFoundAgain) {
  EXPECT_TRUE(Mirror(Path("mirror")).fresh());
  EXPECT_FALSE(Mirror(Path("mirror")).fresh());
}

TEST_F(MirrorTest, IsMadeAnewWhenItCannotBeOpened) {
  Mirror(Path("mirror"));
  std::filesystem::remove(Path("mirror") / "HEAD");
  base::WriteFileAtomically(Path("mirror") / "leftover", "x", base::Durability::kNoFlush);
  EXPECT_TRUE(Mirror(Path("mirror")).fresh());
  EXPECT_FALSE(std::filesystem::exists(Path("mirror") / "leftover"));
}

TEST_F(MirrorTest, IsMadeAnewWhenItHasTooManyPacks) {
  Mirror(Path("mirror"));
  for (int i = 0; i < 101; ++i) {
    base::WriteFileAtomically(
        Path("mirror") / "objects" / "pack" / ("pack-" + std::to_string(i) + ".pack"), "x",
        base::Durability::kNoFlush);
  }
  EXPECT_TRUE(Mirror(Path("mirror")).fresh());
}

TEST_F(MirrorTest, TurnsNoRemoteNameIntoAFile) {
  Mirror mirror(Path("mirror"));
  const tests::GitRepository source(Path("source"));
  source.Commit("one");
  tests::RunProgram(
      {"git", "-C", Path("mirror").string(), "fetch", "-q", source.path().string(), "main"});
  const git_oid id = ToId(source.Git({"rev-parse", "HEAD"}));
  mirror.Remember("refs/heads/ugly", id);
  mirror.Remember("refs/heads/ugly/below", id);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Path("mirror") / "refs")) {
    EXPECT_THAT(entry.path().string(), testing::Not(testing::HasSubstr("ugly")));
  }
}

}  // namespace
}  // namespace runtime::git
