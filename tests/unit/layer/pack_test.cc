#include "runtime/layer/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/unit/layer/scratch.h"
#include "tests/unit/layer/tar_builder.h"

namespace runtime::layer {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

struct Packed {
  std::string blob;
  PackResult result;
};

Packed PackTree(const fs::path& directory, const PackOptions& options = {}) {
  std::string blob;
  const PackResult result = Pack(
      directory, [&](std::string_view data) { blob += data; }, options);
  return {std::move(blob), result};
}

std::string PackRefusal(const fs::path& directory) {
  try {
    PackTree(directory);
    return "";
  } catch (const base::Error& e) {
    return e.what();
  }
}

TEST(Pack, ComesBackFromUnpackAsItWas) {
  Scratch scratch;
  Member attributed;
  attributed.name = "a/attributed";
  attributed.mode = 04755;
  attributed.pax = {{"SCHILY.xattr.user.note", std::string("a\0b\n", 4)}};
  const std::string deep = std::string(150, 'd') + "/" + std::string(200, 'e') + "/caf\xc3\xa9\xff";
  scratch.Unpack(TarBuilder()
                     .Directory("a", 01777)
                     .Add(attributed)
                     .HardLink("b-hard", "a/attributed")
                     .Symlink("c", std::string(300, 't'))
                     .File(deep, std::string(3'000'000, 'x'))
                     .Whiteout("a/.wh.gone")
                     .Finish());
  const Packed first = PackTree(scratch.layer());
  fs::rename(scratch.layer(), scratch.path("outside/first"));
  const UnpackResult unpacked = scratch.Unpack(first.blob);

  EXPECT_EQ(unpacked.diff_id, first.result.diff_id);
  EXPECT_EQ(unpacked.archive_bytes, first.result.archive_bytes);
  EXPECT_EQ(unpacked.entries, first.result.entries);
  EXPECT_EQ(scratch.Stat("layer/a/attributed").st_mode, S_IFREG | 04755u);
  EXPECT_EQ(scratch.Stat("layer/a").st_mode, S_IFDIR | 01777u);
  EXPECT_EQ(scratch.Stat("layer/a").st_mtim.tv_sec, 1'700'000'000);
  EXPECT_EQ(scratch.Stat("layer/b-hard").st_ino, scratch.Stat("layer/a/attributed").st_ino);
  EXPECT_EQ(fs::read_symlink(scratch.layer("c")).string().size(), 300u);
  EXPECT_EQ(scratch.Read("layer/" + deep).size(), 3'000'000u);
  EXPECT_TRUE(S_ISCHR(scratch.Stat("layer/a/gone").st_mode));
  char value[8] = {};
  EXPECT_EQ(::getxattr(scratch.layer("b-hard").c_str(), "user.note", value, sizeof value), 4);
  EXPECT_EQ(PackTree(scratch.layer()).blob, first.blob);
}

TEST(Pack, LeavesOutEntriesByTheirPaths) {
  Scratch scratch;
  for (const char* name : {"one/a", "one/b/a", "one/c/d", "two/b/a", "two/c/d"}) {
    scratch.Write(name, "content");
  }
  PackOptions options;
  options.max_mtime = 1;
  const std::string without = PackTree(scratch.path("two"), options).blob;
  options.leave_out = {"a", "b/a/", "c/a"};
  EXPECT_EQ(PackTree(scratch.path("one"), options).blob, without);
}

TEST(Pack, GivesEqualBytesForEqualTreesInWhateverOrderTheyWereMade) {
  Scratch scratch;
  for (const char* name : {"one/a", "one/b", "one/c/d", "two/c/d", "two/b", "two/a"}) {
    scratch.Write(name, "content");
  }
  PackOptions options;
  options.max_mtime = 1000;
  const Packed one = PackTree(scratch.path("one"), options);
  EXPECT_EQ(one.blob, PackTree(scratch.path("two"), options).blob);
}

TEST(Pack, CapsTimesAndDropsParts) {
  Scratch scratch;
  scratch.Write("one/a", "content");
  PackOptions options;
  options.max_mtime = 1'000'000;
  scratch.Unpack(PackTree(scratch.path("one"), options).blob);
  EXPECT_EQ(scratch.Stat("layer/a").st_mtim.tv_sec, 1'000'000);
  EXPECT_EQ(scratch.Stat("layer/a").st_mtim.tv_nsec, 0);
}

TEST(Pack, NeedsNoExtendedHeaderForAPlainFile) {
  Scratch scratch;
  scratch.Write("one/a", "x");
  // A header, a block of content, the end marker of two blocks.
  EXPECT_EQ(PackTree(scratch.path("one")).result.archive_bytes, 4u * 512);
}

TEST(Pack, MakesAnArchiveOfAnEmptyLayer) {
  Scratch scratch;
  fs::create_directory(scratch.path("empty"));
  const Packed packed = PackTree(scratch.path("empty"));
  EXPECT_EQ(packed.result.diff_id, base::Digest::Of(std::string(1024, '\0')));
  EXPECT_EQ(scratch.Unpack(packed.blob).entries, 0u);
}

TEST(Pack, PutsNoTimeOrNameIntoTheGzipHeader) {
  Scratch scratch;
  scratch.Write("one/a", "x");
  const std::string blob = PackTree(scratch.path("one")).blob;
  EXPECT_EQ(blob.substr(0, 8), std::string("\x1f\x8b\x08\0\0\0\0\0", 8));
}

TEST(Pack, RefusesAFileThatWouldReadAsAWhiteout) {
  Scratch scratch;
  scratch.Write("one/.wh.passwd", "");
  EXPECT_THAT(PackRefusal(scratch.path("one")), HasSubstr("reserved for whiteouts"));
}

TEST(Pack, RefusesAHugeSparseFile) {
  Scratch scratch;
  scratch.Write("one/sparse", "");
  ASSERT_EQ(::truncate(scratch.path("one/sparse").c_str(), 1ll << 42), 0);
  EXPECT_THAT(PackRefusal(scratch.path("one")), HasSubstr("limit of"));
}

TEST(Pack, RefusesATreeTooDeepToBeUnpacked) {
  Scratch scratch;
  fs::create_directory(scratch.path("one"));
  base::UniqueFd current = base::OpenFile(scratch.path("one"), O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(::mkdirat(current.get(), "d", 0755), 0);
    current.Reset(::openat(current.get(), "d", O_RDONLY | O_DIRECTORY));
  }
  EXPECT_THAT(PackRefusal(scratch.path("one")), HasSubstr("longer than 4095"));
}

TEST(Pack, PassesOnWhatTheSinkThrows) {
  Scratch scratch;
  scratch.Write("one/a", "x");
  const ByteSink full = [](std::string_view) {
    throw base::Error(base::ErrorKind::kNoSpace, "disk full");
  };
  try {
    Pack(scratch.path("one"), full);
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kNoSpace);
  }
}

}  // namespace
}  // namespace runtime::layer
