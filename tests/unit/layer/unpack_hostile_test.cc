#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/layer/scratch.h"
#include "tests/unit/layer/tar_builder.h"

namespace runtime::layer {
namespace {

using testing::HasSubstr;

TEST(UnpackHostile, RefusesDotDotInAName) {
  for (const char* name : {"../outside/canary", "a/../../outside/canary", "/../outside/canary",
                           "..", "a/..", "./../outside/canary"}) {
    Scratch scratch;
    EXPECT_THAT(scratch.Refusal(TarBuilder().Directory("a").File(name).Finish()),
                HasSubstr("\"..\""))
        << name;
    EXPECT_TRUE(scratch.OutsideIsUntouched()) << name;
  }
}

TEST(UnpackHostile, ExtractsAnAbsoluteNameBeneath) {
  Scratch scratch;
  const std::string canary = scratch.path("outside/canary");
  scratch.Unpack(TarBuilder().File(canary, "overwritten").Finish());
  EXPECT_TRUE(scratch.OutsideIsUntouched());
  EXPECT_EQ(base::ReadFile(scratch.layer() / canary.substr(1)), "overwritten");
}

TEST(UnpackHostile, FollowsALinkToAParentInsideTheLayerOnly) {
  for (const char* target : {"../outside", "/", "../../../../../../../../..", "a/../../outside"}) {
    Scratch scratch;
    TarBuilder archive;
    archive.Directory("a").Directory("outside").Symlink("link", target).File("link/canary", "bad");
    scratch.Refusal(archive.Finish());
    EXPECT_TRUE(scratch.OutsideIsUntouched()) << target;
  }
}

TEST(UnpackHostile, RefusesAnEntryBelowALinkThatLeadsNowhere) {
  Scratch scratch;
  const std::string outside = scratch.path("outside");
  EXPECT_THAT(scratch.Refusal(TarBuilder().Symlink("l", outside).File("l/canary").Finish()),
              HasSubstr("leads to no directory"));
  EXPECT_TRUE(scratch.OutsideIsUntouched());
}

TEST(UnpackHostile, RefusesLinksThatLoop) {
  Scratch scratch;
  EXPECT_THAT(
      scratch.Refusal(TarBuilder().Symlink("a", "b").Symlink("b", "a").File("a/file").Finish()),
      HasSubstr("symbolic links"));
}

TEST(UnpackHostile, ReplacesALinkInsteadOfWritingThroughIt) {
  Scratch scratch;
  const std::string canary = scratch.path("outside/canary");
  scratch.Unpack(TarBuilder().Symlink("f", canary).File("f", "mine").Finish());
  EXPECT_EQ(scratch.Read("layer/f"), "mine");
  EXPECT_TRUE(scratch.OutsideIsUntouched());
}

TEST(UnpackHostile, ForgetsADirectoryThatALinkReplaced) {
  Scratch scratch;
  const std::string outside = scratch.path("outside");
  scratch.Refusal(TarBuilder()
                      .Directory("d")
                      .File("d/a")
                      .Symlink("d", outside)
                      .File("d/canary", "bad")
                      .Finish());
  EXPECT_TRUE(scratch.OutsideIsUntouched());
}

TEST(UnpackHostile, FollowsALinkThatReplacedADirectory) {
  Scratch scratch;
  scratch.Unpack(TarBuilder()
                     .Directory("real")
                     .Directory("d")
                     .File("d/a")
                     .Symlink("d", "real")
                     .File("d/b")
                     .Finish());
  EXPECT_TRUE(scratch.Exists("layer/real/b"));
}

TEST(UnpackHostile, ForgetsPathsThroughALinkThatADirectoryReplaced) {
  Scratch scratch;
  scratch.Unpack(TarBuilder()
                     .Directory("real/sub")
                     .Symlink("l", "real")
                     .File("l/sub/a")
                     .Directory("l")
                     .File("l/sub/b")
                     .Finish());
  EXPECT_TRUE(scratch.Exists("layer/real/sub/a"));
  EXPECT_TRUE(scratch.Exists("layer/l/sub/b"));
  EXPECT_FALSE(scratch.Exists("layer/real/sub/b"));
}

TEST(UnpackHostile, RefusesAHardLinkToOutside) {
  Scratch scratch;
  const std::string canary = scratch.path("outside/canary");
  for (const std::string& target : {std::string("../outside/canary"), canary, std::string("/"),
                                    std::string("."), std::string("missing")}) {
    EXPECT_NE(scratch.Refusal(TarBuilder().HardLink("hard", target).Finish()), "") << target;
    EXPECT_TRUE(scratch.OutsideIsUntouched()) << target;
  }
}

TEST(UnpackHostile, LinksALinkItselfAndWritesNothingThroughIt) {
  Scratch scratch;
  const std::string canary = scratch.path("outside/canary");
  Member hard;
  hard.name = "hard";
  hard.type = '1';
  hard.link = "soft";
  hard.content = "written through";
  scratch.Refusal(TarBuilder().Symlink("soft", canary).Add(hard).File("hard", "bad").Finish());
  EXPECT_TRUE(scratch.OutsideIsUntouched());
}

TEST(UnpackHostile, RefusesAHardLinkThroughALinkToOutside) {
  Scratch scratch;
  const std::string outside = scratch.path("outside");
  EXPECT_NE(
      scratch.Refusal(TarBuilder().Symlink("l", outside).HardLink("hard", "l/canary").Finish()),
      "");
  EXPECT_TRUE(scratch.OutsideIsUntouched());
}

TEST(UnpackHostile, TakesAHardLinkToItself) {
  Scratch scratch;
  scratch.Unpack(TarBuilder().File("a", "1").HardLink("a", "a").Finish());
  EXPECT_EQ(scratch.Read("layer/a"), "1");
}

TEST(UnpackHostile, RefusesARootThatIsNoDirectory) {
  for (const char* name : {".", "/", "./", "//."}) {
    Scratch scratch;
    EXPECT_NE(scratch.Refusal(TarBuilder().Symlink(name, "/etc").Finish()), "") << name;
    EXPECT_NE(scratch.Refusal(TarBuilder().File(name).Finish()), "") << name;
    EXPECT_TRUE(S_ISDIR(scratch.Stat("layer").st_mode));
  }
}

TEST(UnpackHostile, RefusesWhiteoutsOfNothingAndOfParents) {
  for (const char* name : {".wh.", ".wh..", ".wh...", "d/.wh.", "d/.wh..", "d/.wh...",
                           ".wh.x/below", ".wh..wh..opq"}) {
    Scratch scratch;
    EXPECT_NE(scratch.Refusal(TarBuilder().Directory("d").Whiteout(name).Finish()), "") << name;
    EXPECT_TRUE(scratch.OutsideIsUntouched()) << name;
  }
}

TEST(UnpackHostile, PutsNoWhiteoutOrMarkThroughALinkToOutside) {
  for (const char* name : {"l/.wh.canary", "l/.wh..wh..opq"}) {
    Scratch scratch;
    scratch.Refusal(TarBuilder().Symlink("l", scratch.path("outside")).Whiteout(name).Finish());
    EXPECT_TRUE(scratch.OutsideIsUntouched()) << name;
  }
}

TEST(UnpackHostile, RefusesAttributesOfTheSystem) {
  Scratch scratch;
  Member directory;
  directory.name = "d";
  directory.type = '5';
  directory.pax = {{"SCHILY.xattr.trusted.overlay.opaque", "y"}};
  EXPECT_THAT(scratch.Refusal(TarBuilder().Add(directory).Finish()),
              HasSubstr("trusted.overlay.opaque"));
}

TEST(UnpackHostile, RefusesOwnersOutOfRange) {
  for (const int64_t id : {int64_t{0xffffffff}, int64_t{1} << 40, int64_t{-2}}) {
    Scratch scratch;
    Member file;
    file.name = "f";
    file.uid = id;
    EXPECT_THAT(scratch.Refusal(TarBuilder().Add(file).Finish()), HasSubstr("out of range")) << id;
  }
}

TEST(UnpackHostile, RefusesSizesThatLie) {
  for (const std::string& size :
       {std::string("77777777777"), std::string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12),
        std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe", 12)}) {
    Scratch scratch;
    Member file;
    file.name = "f";
    file.content = "content";
    file.size_field = size;
    EXPECT_NE(scratch.Refusal(TarBuilder().Add(file).Finish()), "");
  }
}

TEST(UnpackHostile, RefusesAnExtendedHeadersSizeThatLies) {
  for (const char* size : {"-1", "9223372036854775807", "99999999999999999999", "1000000"}) {
    Scratch scratch;
    Member file;
    file.name = "f";
    file.content = "content";
    file.pax = {{"size", size}};
    EXPECT_NE(scratch.Refusal(TarBuilder().Add(file).Finish()), "") << size;
  }
}

TEST(UnpackHostile, RefusesEveryTruncationOfAGzipBlob) {
  const std::string archive = TarBuilder().Directory("d").File("d/f", "content").Finish();
  const std::string blob = GzipMember(archive);
  for (size_t size = 1; size < blob.size(); ++size) {
    Scratch scratch;
    EXPECT_NE(scratch.Refusal(blob.substr(0, size)), "") << size;
  }
}

TEST(UnpackHostile, RefusesEveryTruncationOfAZstdBlob) {
  const std::string blob = ZstdFrame(TarBuilder().Directory("d").File("d/f", "content").Finish());
  for (size_t size = 1; size < blob.size(); ++size) {
    Scratch scratch;
    EXPECT_NE(scratch.Refusal(blob.substr(0, size)), "") << size;
  }
}

TEST(UnpackHostile, RefusesAFlippedBitAnywhereInAGzipBlob) {
  const std::string blob = GzipMember(TarBuilder().File("d/f", std::string(3000, 'c')).Finish());
  // From the first block on: flags, time and system in the header carry no meaning for us.
  for (size_t i = 10; i < blob.size(); ++i) {
    Scratch scratch;
    std::string damaged = blob;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_NE(scratch.Refusal(damaged), "") << i;
  }
}

TEST(UnpackHostile, RefusesTrailingData) {
  const std::string archive = TarBuilder().File("f").Finish();
  for (const std::string& blob :
       {GzipMember(archive) + "trailing", ZstdFrame(archive) + "trailing", archive + "trailing",
        archive + std::string(3u << 20, '\0') + "trailing",
        archive + TarBuilder().File("second").Finish(),
        GzipMember(archive) + GzipMember(TarBuilder().File("second").Finish())}) {
    Scratch scratch;
    EXPECT_NE(scratch.Refusal(blob), "");
    EXPECT_FALSE(scratch.Exists("layer/second"));
  }
}

TEST(UnpackHostile, RefusesWhatIsNoArchive) {
  for (const std::string& blob :
       {std::string(2000, 'x'), GzipMember("PK\3\4 not a tar"), std::string("BZh9"),
        std::string("\xfd"
                    "7zXZ\0",
                    6),
        GzipMember(GzipMember(TarBuilder().File("f").Finish()))}) {
    Scratch scratch;
    EXPECT_NE(scratch.Refusal(blob), "");
  }
}

}  // namespace
}  // namespace runtime::layer
