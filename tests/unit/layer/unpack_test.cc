#include <gtest/gtest.h>
#include <sys/xattr.h>

#include "tests/unit/layer/scratch.h"
#include "tests/unit/layer/tar_builder.h"

namespace runtime::layer {
namespace {

std::string SmallArchive() {
  return TarBuilder()
      .Directory("etc/", 0750)
      .File("etc/passwd", "root")
      .Symlink("etc/link", "passwd")
      .HardLink("etc/hard", "etc/passwd")
      .Finish();
}

void ExpectSmallArchive(const Scratch& scratch) {
  EXPECT_EQ(scratch.Read("layer/etc/passwd"), "root");
  EXPECT_EQ(scratch.Stat("layer/etc").st_mode, S_IFDIR | 0750u);
  EXPECT_EQ(std::filesystem::read_symlink(scratch.layer("etc/link")), "passwd");
  EXPECT_EQ(scratch.Stat("layer/etc/hard").st_ino, scratch.Stat("layer/etc/passwd").st_ino);
}

TEST(Unpack, WritesFilesDirectoriesAndLinks) {
  Scratch scratch;
  const UnpackResult result = scratch.Unpack(SmallArchive());
  ExpectSmallArchive(scratch);
  EXPECT_EQ(result.entries, 4u);
  EXPECT_EQ(result.content_bytes, 4u);
  EXPECT_EQ(result.archive_bytes, SmallArchive().size());
}

TEST(Unpack, HashesTheWholeUncompressedArchive) {
  Scratch scratch;
  std::string archive = SmallArchive();
  archive.append(8192, '\0');  // padding after the end marker counts too
  EXPECT_EQ(scratch.Unpack(GzipMember(archive)).diff_id, base::Digest::Of(archive));
}

TEST(Unpack, ReadsGzip) {
  Scratch scratch;
  scratch.Unpack(GzipMember(SmallArchive()));
  ExpectSmallArchive(scratch);
}

TEST(Unpack, ReadsGzipMembersOneAfterTheOtherInSmallestParts) {
  Scratch scratch;
  const std::string archive = SmallArchive();
  std::string blob;
  for (size_t i = 0; i < archive.size(); i += 100) {
    blob += GzipMember(archive.substr(i, 100));
  }
  const UnpackResult result = Unpack(FromString(blob, 1), scratch.layer());
  ExpectSmallArchive(scratch);
  EXPECT_EQ(result.diff_id, base::Digest::Of(archive));
}

TEST(Unpack, ReadsZstdFramesOneAfterTheOther) {
  Scratch scratch;
  const std::string archive = SmallArchive();
  const std::string blob = ZstdFrame(archive.substr(0, 700)) + ZstdFrame(archive.substr(700));
  const UnpackResult result = Unpack(FromString(blob, 1), scratch.layer());
  ExpectSmallArchive(scratch);
  EXPECT_EQ(result.diff_id, base::Digest::Of(archive));
}

TEST(Unpack, TakesAnEmptyLayer) {
  Scratch scratch;
  EXPECT_EQ(scratch.Unpack(TarBuilder().Finish()).entries, 0u);
  EXPECT_TRUE(std::filesystem::is_empty(scratch.layer()));
}

TEST(Unpack, KeepsModesAndTimesToTheNanosecond) {
  Scratch scratch;
  Member file;
  file.name = "d/file";
  file.mode = 06755;
  file.pax = {{"mtime", "1700000000.123456789"}};
  Member directory = file;
  directory.name = "d/";
  directory.type = '5';
  directory.mode = 01777;
  directory.pax = {{"mtime", "1600000000.5"}};
  scratch.Unpack(TarBuilder().Add(directory).Add(file).File("d/other").Finish());
  EXPECT_EQ(scratch.Stat("layer/d/file").st_mode, S_IFREG | 06755u);
  EXPECT_EQ(scratch.Stat("layer/d/file").st_mtim.tv_nsec, 123456789);
  EXPECT_EQ(scratch.Stat("layer/d").st_mode, S_IFDIR | 01777u);
  EXPECT_EQ(scratch.Stat("layer/d").st_mtim.tv_sec, 1600000000);
  EXPECT_EQ(scratch.Stat("layer/d").st_mtim.tv_nsec, 500000000);
}

TEST(Unpack, KeepsTheTimeOfADirectoryThatIsFilledUnderTwoNames) {
  Scratch scratch;
  TarBuilder archive;
  archive.Directory("usr/lib/").Symlink("lib", "usr/lib");
  for (int i = 0; i < 200; ++i) {
    archive.File("lib/a" + std::to_string(i)).File("usr/lib/b" + std::to_string(i));
    archive.File("other" + std::to_string(i) + "/x");
  }
  scratch.Unpack(archive.Finish());
  EXPECT_EQ(scratch.Stat("layer/usr/lib").st_mtim.tv_sec, 1'700'000'000);
  EXPECT_TRUE(scratch.Exists("layer/usr/lib/a199"));
}

TEST(Unpack, KeepsNamesThatAreNotUtf8AndLongOnes) {
  Scratch scratch;
  const std::string odd = "caf\xc3\xa9-\xff\xfe";
  const std::string longer = std::string(200, 'd') + "/" + std::string(255, 'f') + "\xc3\xa9";
  scratch.Unpack(TarBuilder().File(odd).File(longer.substr(0, 456)).Finish());
  EXPECT_TRUE(scratch.Exists("layer/" + odd));
  EXPECT_TRUE(scratch.Exists("layer/" + longer.substr(0, 456)));
}

TEST(Unpack, LetsALaterEntryReplaceAnEarlierOne) {
  Scratch scratch;
  scratch.Unpack(TarBuilder()
                     .File("a", "1")
                     .File("a", "2")
                     .Directory("b")
                     .File("b/below")
                     .Symlink("b", "a")
                     .Symlink("c", "a")
                     .Directory("c")
                     .File("c/below")
                     .Directory("d", 0700)
                     .File("d/stays")
                     .Directory("d", 0711)
                     .Finish());
  EXPECT_EQ(scratch.Read("layer/a"), "2");
  EXPECT_TRUE(S_ISLNK(scratch.Stat("layer/b").st_mode));
  EXPECT_TRUE(S_ISDIR(scratch.Stat("layer/c").st_mode));
  EXPECT_TRUE(scratch.Exists("layer/d/stays"));
  EXPECT_EQ(scratch.Stat("layer/d").st_mode, S_IFDIR | 0711u);
}

TEST(Unpack, ReplacesOneNameOfAFileWithoutWritingThroughTheOther) {
  Scratch scratch;
  scratch.Unpack(TarBuilder().File("a", "first").HardLink("b", "a").File("b", "second").Finish());
  EXPECT_EQ(scratch.Read("layer/a"), "first");
}

TEST(Unpack, AppliesTheRootsOwnEntry) {
  Scratch scratch;
  scratch.Unpack(TarBuilder().Directory("./", 0711).File("./a").File("/b").Finish());
  EXPECT_EQ(scratch.Stat("layer").st_mode, S_IFDIR | 0711u);
  EXPECT_TRUE(scratch.Exists("layer/a"));
  EXPECT_TRUE(scratch.Exists("layer/b"));
}

TEST(Unpack, MakesMissingParents) {
  Scratch scratch;
  scratch.Unpack(TarBuilder().File("a/b/c/d").Finish());
  EXPECT_EQ(scratch.Stat("layer/a/b").st_mode, S_IFDIR | 0755u);
}

TEST(Unpack, KeepsUserAttributesAndDropsUnknownOnes) {
  Scratch scratch;
  Member file;
  file.name = "f";
  file.pax = {{"SCHILY.xattr.user.note", std::string("a\0b", 3)},
              {"SCHILY.xattr.user.overlay.opaque", "y"},
              {"SCHILY.xattr.system.posix_acl_access", "x"},
              {"SCHILY.xattr.security.selinux", "label"}};
  EXPECT_EQ(scratch.Unpack(TarBuilder().Add(file).Finish()).dropped_attributes, 3u);
  char value[8] = {};
  EXPECT_EQ(::getxattr(scratch.layer("f").c_str(), "user.note", value, sizeof value), 3);
  EXPECT_EQ(std::string(value, 3), std::string("a\0b", 3));
}

TEST(Unpack, CountsTheDeviceNodesItDoesNotMake) {
  Scratch scratch;
  Member device;
  device.name = "dev/sda";
  device.type = '4';
  EXPECT_EQ(scratch.Unpack(TarBuilder().Add(device).Finish()).skipped_devices, 1u);
  EXPECT_FALSE(scratch.Exists("layer/dev/sda"));
}

}  // namespace
}  // namespace runtime::layer
