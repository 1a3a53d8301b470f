#include "runner/mount_options.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "runtime/base/error.h"

namespace runner {
namespace {

using Kind = MountRequest::Kind;
using testing::HasSubstr;

template <typename F>
std::string Refusal(F&& parse) {
  try {
    parse();
  } catch (const runtime::base::Error& e) {
    EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUsage);
    return e.what();
  }
  return "accepted";
}

TEST(VolumeOption, TellsAHostPathFromAVolume) {
  EXPECT_EQ(ParseVolumeOption("/tmp:/a").kind, Kind::kBind);
  EXPECT_EQ(ParseVolumeOption("data:/a").kind, Kind::kVolume);
  EXPECT_EQ(ParseVolumeOption("data:/a").source, "data");
  const MountRequest here = ParseVolumeOption("./x:/a");
  EXPECT_EQ(here.kind, Kind::kBind);
  EXPECT_EQ(here.source, std::filesystem::absolute("x"));
}

TEST(VolumeOption, IsANewVolumeWithoutASource) {
  const MountRequest mount = ParseVolumeOption("/data");
  EXPECT_EQ(mount.kind, Kind::kVolume);
  EXPECT_EQ(mount.source, "");
  EXPECT_EQ(mount.target, "/data");
  EXPECT_EQ(ParseMountOption("target=/data").kind, Kind::kVolume);
}

TEST(VolumeOption, IsOfTheImageWhereNothingElseIsMounted) {
  std::vector<MountRequest> mounts = {ParseVolumeOption("named:/data/")};
  AddImageVolumes({"/data", "/more", "/", "relative"}, mounts);
  ASSERT_EQ(mounts.size(), 2);
  EXPECT_EQ(mounts[1].target, "/more");
  EXPECT_EQ(mounts[1].source, "");
}

TEST(VolumeOption, ReadsDockersModes) {
  EXPECT_FALSE(ParseVolumeOption("/tmp:/a").read_only);
  EXPECT_TRUE(ParseVolumeOption("/tmp:/a:ro").read_only);
  EXPECT_TRUE(ParseVolumeOption("/tmp:/a:ro,z").read_only);
  EXPECT_FALSE(ParseVolumeOption("/tmp:/a:rw,Z,cached").read_only);
  EXPECT_TRUE(ParseVolumeOption("data:/a").seed);
  EXPECT_FALSE(ParseVolumeOption("data:/a:nocopy").seed);
}

TEST(VolumeOption, RefusesWhatIsWrong) {
  for (const char* text :
       {"tmp", "/", "/tmp:a", "/tmp:", "/tmp:/", "/tmp:/.", ":/a", "/tmp:/a:", "/tmp:/a:rx",
        "/tmp:/a:ro:ro", "/tmp:/a:shared", "-x:/a", "a/b:/a", "_a:/a", "data:/x/.."}) {
    EXPECT_THAT(Refusal([&] { ParseVolumeOption(text); }), HasSubstr("--volume")) << text;
  }
}

TEST(TmpfsOption, ReadsASizeInBothForms) {
  EXPECT_EQ(ParseTmpfsOption("/a").size_bytes, 64u << 20);
  EXPECT_EQ(ParseTmpfsOption("/a:1m").size_bytes, 1u << 20);
  EXPECT_EQ(ParseTmpfsOption("/a:size=1m").size_bytes, 1u << 20);
}

TEST(TmpfsOption, ReadsWhatMountCallsItsOptions) {
  const MountRequest mount = ParseTmpfsOption("/a:ro,noexec,nosuid,nodev,mode=0750,size=64k");
  EXPECT_TRUE(mount.read_only);
  EXPECT_FALSE(mount.executable);
  EXPECT_EQ(mount.mode, 0750u);
  EXPECT_EQ(mount.size_bytes, 64u << 10);
  const MountRequest plain = ParseTmpfsOption("/a");
  EXPECT_FALSE(plain.read_only);
  EXPECT_TRUE(plain.executable);
  EXPECT_EQ(plain.mode, 01777u);
}

TEST(TmpfsOption, RefusesWhatIsWrong) {
  for (const char* text : {"a", "/", "/a:", "/a:0", "/a:x", "/a:-1", "/a:1m:ro", "/a:suid",
                           "/a:dev", "/a:mode=8", "/a:mode=", "/a:mode=10000", "/a:rw,,size=1m"}) {
    EXPECT_THAT(Refusal([&] { ParseTmpfsOption(text); }), HasSubstr("--tmpfs")) << text;
  }
}

TEST(MountOption, ReadsEveryType) {
  const MountRequest bind = ParseMountOption("type=bind,source=/tmp,target=/a,readonly");
  EXPECT_EQ(bind.kind, Kind::kBind);
  EXPECT_EQ(bind.source, "/tmp");
  EXPECT_EQ(bind.target, "/a");
  EXPECT_TRUE(bind.read_only);
  const MountRequest named = ParseMountOption("src=data,dst=/a,volume-nocopy");
  EXPECT_EQ(named.kind, Kind::kVolume);
  EXPECT_FALSE(named.seed);
  const MountRequest tmpfs = ParseMountOption("type=tmpfs,destination=/a,tmpfs-size=2m");
  EXPECT_EQ(tmpfs.kind, Kind::kTmpfs);
  EXPECT_EQ(tmpfs.size_bytes, 2u << 20);
}

TEST(MountOption, RefusesWhatIsWrong) {
  for (const char* text :
       {"", "type=bind,source=data,target=/a", "type=volume,source=/tmp,target=/a",
        "type=bind,target=/a", "type=nfs,source=x,target=/a", "type=bind,source=/tmp,target=a",
        "type=tmpfs,target=/a,tmpfs-size=0", "type=bind,source=/tmp,target=/a,colour=blue"}) {
    EXPECT_THAT(Refusal([&] { ParseMountOption(text); }), HasSubstr("--mount")) << text;
  }
}

}  // namespace
}  // namespace runner
