#include "runtime/git/lfs_pointer.h"

#include <gmock/gmock.h>

#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

const std::string kOid(64, 'a');
const std::string kVersion = "version https://git-lfs.github.com/spec/v1\n";

TEST(LfsPointer, HasTheOidAndTheSize) {
  const auto pointer = ParseLfsPointer(kVersion + "oid sha256:" + kOid + "\nsize 12345\n");
  ASSERT_TRUE(pointer);
  EXPECT_EQ(pointer->oid, kOid);
  EXPECT_EQ(pointer->size, 12345u);
  EXPECT_FALSE(pointer->has_extensions);
}

TEST(LfsPointer, TellsOfExtensions) {
  const auto pointer = ParseLfsPointer(kVersion + "ext-0-foo sha256:" + std::string(64, 'b') +
                                       "\noid sha256:" + kOid + "\nsize 1\n");
  ASSERT_TRUE(pointer);
  EXPECT_TRUE(pointer->has_extensions);
}

TEST(LfsPointer, IsNoneOverItsLimit) {
  const std::string text = kVersion + "oid sha256:" + kOid + "\nsize 1\n";
  EXPECT_TRUE(ParseLfsPointer(text + std::string(kLfsPointerLimit - 1 - text.size(), '\n')));
  EXPECT_FALSE(ParseLfsPointer(text + std::string(kLfsPointerLimit - text.size(), '\n')));
}

TEST(LfsPointer, IsNoneWithASizeThatNoFileHas) {
  EXPECT_FALSE(ParseLfsPointer(kVersion + "oid sha256:" + kOid + "\nsize 9223372036854775808\n"));
}

class LfsPointerOf : public GitTest, public testing::WithParamInterface<std::string> {};

TEST_P(LfsPointerOf, IsOneWhereGitLfsSaysSo) {
  bool judged = true;
  const auto file = Path("file");
  base::WriteFileAtomically(file, GetParam());
  try {
    tests::RunProgram({"git", "lfs", "pointer", "--check", "--file", file.string()});
  } catch (const std::runtime_error&) {
    judged = false;
  }
  EXPECT_EQ(ParseLfsPointer(GetParam()).has_value(), judged);
}

const std::string kOidLine = "oid sha256:" + kOid + "\n";

INSTANTIATE_TEST_SUITE_P(
    All, LfsPointerOf,
    testing::Values(kVersion + kOidLine + "size 5\n", kVersion + kOidLine + "size 5",
                    "\n\n " + kVersion + kOidLine + "\nsize 5\n\n\n",
                    "version https://git-lfs.github.com/spec/v1\r\noid sha256:" + kOid +
                        "\r\nsize 5\r\n",
                    "version https://hawser.github.com/spec/v1\n" + kOidLine + "size 5\n",
                    "version http://git-media.io/v/2\n" + kOidLine + "size 5\n",
                    "version https://git-lfs.github.com/spec/v2\n" + kOidLine + "size 5\n",
                    kVersion + kOidLine, kVersion + "size 5\n" + kOidLine, kOidLine + "size 5\n",
                    kVersion + kOidLine + "size 5\nmore x\n", kVersion + kOidLine + "size -5\n",
                    kVersion + kOidLine + "size 5x\n", kVersion + kOidLine + "size\n",
                    kVersion + "oid sha1:" + kOid + "\nsize 5\n",
                    kVersion + "oid sha256:" + std::string(63, 'a') + "\nsize 5\n",
                    kVersion + "ext-0-a sha256:" + kOid + "\n" + kOidLine + "size 5\n",
                    kVersion + "ext-a-a sha256:" + kOid + "\n" + kOidLine + "size 5\n",
                    kVersion + "other x\n" + kOidLine + "size 5\n", "no pointer\n",
                    "version https://git-lfs.github.com/spec/v1"));

}  // namespace
}  // namespace runtime::git
