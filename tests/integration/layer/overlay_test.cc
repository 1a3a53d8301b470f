// What needs root: owners, overlay mounts, the marks that overlayfs reads.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "runtime/base/beneath.h"
#include "runtime/layer/conflict.h"
#include "runtime/layer/copy.h"
#include "runtime/layer/overlay_mount.h"
#include "runtime/layer/pack.h"
#include "runtime/layer/view.h"
#include "tests/unit/layer/scratch.h"
#include "tests/unit/layer/tar_builder.h"

namespace runtime::layer {
namespace {
namespace fs = std::filesystem;
using base::UniqueFd;
using testing::ElementsAre;
using testing::HasSubstr;

std::string ReadIn(const UniqueFd& view, const std::string& path) {
  return base::ReadAll(base::OpenBeneath(view.get(), path, O_RDONLY, base::Links::kInRoot).get(),
                       path);
}

std::vector<std::string> NamesIn(const UniqueFd& view, const std::string& path = ".") {
  return SortedNames(
      base::OpenBeneath(view.get(), path, O_RDONLY | O_DIRECTORY, base::Links::kInRoot).get(),
      1000);
}

fs::path UnpackTo(const Scratch& scratch, const std::string& name, const std::string& archive) {
  Unpack(FromString(archive), scratch.path(name));
  return scratch.path(name);
}

UniqueFd MountViewInNamespace(const std::vector<fs::path>& layers) {
  OverlayRequest request;
  request.lower = layers;
  request.attributes = kViewAttributes;
  return MountOverlayInNamespace(request);
}

// A writable overlay that is mounted nowhere.
UniqueFd MountWritable(const fs::path& lower, const fs::path& upper, const fs::path& work) {
  const UniqueFd context(::fsopen("overlay", FSOPEN_CLOEXEC));
  ::fsconfig(context.get(), FSCONFIG_SET_STRING, "lowerdir", lower.c_str(), 0);
  ::fsconfig(context.get(), FSCONFIG_SET_STRING, "upperdir", upper.c_str(), 0);
  ::fsconfig(context.get(), FSCONFIG_SET_STRING, "workdir", work.c_str(), 0);
  if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    throw base::Error::FromErrno("overlay");
  }
  return UniqueFd(::fsmount(context.get(), FSMOUNT_CLOEXEC, 0));
}

TEST(Whiteouts, HideFilesAndDirectoriesOfLowerLayers) {
  Scratch scratch;
  const Snapshot stack = {
      {UnpackTo(scratch, "1",
                TarBuilder().File("d/a", "1").File("d/b", "1").File("o/x").File("gone/f").Finish()),
       UnpackTo(scratch, "2",
                TarBuilder()
                    .Whiteout("d/.wh.a")
                    .Whiteout(".wh.gone")
                    .Directory("o")
                    .Whiteout("o/.wh..wh..opq")
                    .File("o/y")
                    .Finish())},
      {},
      {}};
  const UniqueFd view = OpenView(stack);
  EXPECT_THAT(NamesIn(view), ElementsAre("d", "o"));
  EXPECT_THAT(NamesIn(view, "d"), ElementsAre("b"));
  EXPECT_THAT(NamesIn(view, "o"), ElementsAre("y"));
}

TEST(Whiteouts, OfANameThatThisLayerHasHideOnlyLowerLayers) {
  for (const bool whiteout_first : {true, false}) {
    Scratch scratch;
    TarBuilder upper;
    if (whiteout_first) {
      upper.Whiteout(".wh.d").Whiteout(".wh.f").Whiteout(".wh.i");
    }
    upper.Directory("d").File("d/new").File("f", "new").File("i/new");
    if (!whiteout_first) {
      upper.Whiteout(".wh.d").Whiteout(".wh.f").Whiteout(".wh.i");
    }
    const UniqueFd view =
        OpenView({{UnpackTo(scratch, "1",
                            TarBuilder().File("d/old").File("f", "old").File("i/old").Finish()),
                   UnpackTo(scratch, "2", upper.Finish())},
                  {},
                  {}});
    EXPECT_THAT(NamesIn(view, "d"), ElementsAre("new"));
    EXPECT_THAT(NamesIn(view, "i"), ElementsAre("new"));
    EXPECT_EQ(ReadIn(view, "f"), "new");
  }
}

TEST(Unpack, SetsOwnersCapabilitiesAndSetIdBits) {
  Scratch scratch;
  Member file;
  file.name = "d/f";
  file.uid = 33;
  file.gid = 1'000'000;
  file.mode = 06755;
  const std::string capability("\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  file.pax = {{"SCHILY.xattr.security.capability", capability}};
  Member link = file;
  link.name = "d/l";
  link.type = '2';
  link.link = "f";
  link.pax = {};
  Member directory = link;
  directory.name = "d";
  directory.type = '5';
  directory.mode = 02770;
  scratch.Unpack(TarBuilder().Add(directory).Add(file).Add(link).File("d/plain").Finish());
  EXPECT_EQ(scratch.Stat("layer/d/f").st_uid, 33u);
  EXPECT_EQ(scratch.Stat("layer/d/f").st_gid, 1'000'000u);
  EXPECT_EQ(scratch.Stat("layer/d/f").st_mode, S_IFREG | 06755u);
  EXPECT_EQ(scratch.Stat("layer/d/l").st_uid, 33u);
  EXPECT_EQ(scratch.Stat("layer/d").st_mode, S_IFDIR | 02770u);
  EXPECT_EQ(scratch.Stat("layer/d/plain").st_gid, ::getegid());  // not the directory's
  char value[64];
  EXPECT_EQ(::getxattr(scratch.layer("d/f").c_str(), "security.capability", value, sizeof value),
            20);
}

TEST(Unpack, FailsClearlyWithoutTheRightToSetOwners) {
  Scratch scratch;
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0777), 0);
  Member file;
  file.name = "f";
  file.uid = 33;
  const std::string archive = TarBuilder().Add(file).Finish();
  const base::Pipe pipe = base::MakePipe();
  const pid_t child = ::fork();
  if (child == 0) {
    std::string message = "couldn't become nobody";
    if (::setresgid(65534, 65534, 65534) == 0 && ::setresuid(65534, 65534, 65534) == 0) {
      message = scratch.Refusal(archive);
    }
    base::WriteAll(pipe.write.get(), message, "pipe");
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  char message[512] = {};
  ASSERT_GT(::read(pipe.read.get(), message, sizeof message - 1), 0);
  EXPECT_THAT(message, HasSubstr("needs root"));
}

TEST(View, OfOneLayerIsReadOnlyAndRunsNothing) {
  Scratch scratch;
  const UniqueFd view =
      OpenView({{UnpackTo(scratch, "1", TarBuilder().File("f", "one").Finish())}, {}, {}});
  EXPECT_EQ(ReadIn(view, "f"), "one");
  EXPECT_EQ(::openat(view.get(), "f", O_WRONLY), -1);
  EXPECT_EQ(errno, EROFS);
  EXPECT_EQ(::unlinkat(view.get(), "f", 0), -1);
  EXPECT_EQ(::faccessat(view.get(), "f", X_OK, 0), -1);
}

TEST(View, ShowsTheUpperDirectoryAsTheTopmostLayer) {
  Scratch scratch;
  Snapshot snapshot = {
      {UnpackTo(scratch, "1", TarBuilder().File("f", "one").File("g", "one").Finish())},
      scratch.path("upper"),
      scratch.path("work")};
  EXPECT_EQ(ReadIn(OpenView(snapshot), "f"), "one");  // absent before first use
  UnpackTo(scratch, "upper", TarBuilder().File("f", "two").Whiteout(".wh.g").Finish());
  const UniqueFd view = OpenView(snapshot);
  EXPECT_EQ(ReadIn(view, "f"), "two");
  EXPECT_THAT(NamesIn(view), ElementsAre("f"));
  EXPECT_EQ(::openat(view.get(), "f", O_WRONLY), -1);
}

class ManyLayers : public testing::TestWithParam<bool> {};

TEST_P(ManyLayers, StackInPathsOfAnyCharacters) {
  Scratch scratch;
  const fs::path odd = scratch.path("a:b,c\\d e'\n") / std::string(200, 'x');
  std::vector<fs::path> layers;
  for (int i = 0; i < 128; ++i) {
    layers.push_back(odd / std::to_string(i) / "fs");
    fs::create_directories(layers.back());
    base::WriteFileAtomically(layers.back() / "top", std::to_string(i), base::Durability::kNoFlush);
    base::WriteFileAtomically(layers.back() / std::to_string(i), "x", base::Durability::kNoFlush);
  }
  UniqueFd view;
  if (GetParam()) {
    std::optional<UniqueFd> detached = MountOverlayDetached(layers);
    ASSERT_TRUE(detached) << "this kernel lacks lowerdir+";
    view = std::move(*detached);
  } else {
    view = MountViewInNamespace(layers);
  }
  EXPECT_EQ(ReadIn(view, "top"), "127");
  EXPECT_EQ(NamesIn(view).size(), 129u);
  EXPECT_EQ(::openat(view.get(), "top", O_WRONLY), -1);
  EXPECT_EQ(::faccessat(view.get(), "top", X_OK, 0), -1);
}

INSTANTIATE_TEST_SUITE_P(ByBothMountInterfaces, ManyLayers, testing::Bool());

TEST(MountInNamespace, MakesAnOverlayThatTakesChangesInItsUpperDirectory) {
  Scratch scratch;
  OverlayRequest request;
  request.lower = {UnpackTo(scratch, "1", TarBuilder().File("a", "old").File("b").Finish()),
                   UnpackTo(scratch, "2", TarBuilder().File("a", "newer").Finish())};
  request.upper = scratch.path("upper");
  request.work = scratch.path("work");
  request.options = ",volatile,index=off";
  fs::create_directory(request.upper);
  fs::create_directory(request.work);
  const UniqueFd mount = MountOverlayInNamespace(request);
  EXPECT_EQ(ReadIn(mount, "a"), "newer");
  const UniqueFd added(::openat(mount.get(), "c", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_TRUE(added) << strerror(errno);
  EXPECT_EQ(::unlinkat(mount.get(), "b", 0), 0);
  EXPECT_TRUE(fs::exists(request.upper / "c"));
  EXPECT_TRUE(fs::is_character_file(request.upper / "b"));
}

TEST(View, LeavesNoMountBehind) {
  Scratch scratch;
  const Snapshot snapshot = {{UnpackTo(scratch, "1", TarBuilder().File("f").Finish()),
                              UnpackTo(scratch, "2", TarBuilder().File("g").Finish())},
                             {},
                             {}};
  const UniqueFd view = OpenView(snapshot);
  const UniqueFd other = MountViewInNamespace(snapshot.lower);
  EXPECT_EQ(base::ReadFile("/proc/self/mountinfo").find(scratch.path()), std::string::npos);
}

TEST(Pack, TurnsWhatOverlayfsWroteIntoALayerThatGivesTheSameTree) {
  Scratch scratch;
  const fs::path lower = UnpackTo(
      scratch, "lower", TarBuilder().File("d/a").File("d/b").File("o/x").File("keep").Finish());
  fs::create_directory(scratch.path("upper"));
  fs::create_directory(scratch.path("work"));
  {
    const UniqueFd merged = MountWritable(lower, scratch.path("upper"), scratch.path("work"));
    ASSERT_EQ(::unlinkat(merged.get(), "d/a", 0), 0);
    ASSERT_EQ(::unlinkat(merged.get(), "o/x", 0), 0);
    ASSERT_EQ(::unlinkat(merged.get(), "o", AT_REMOVEDIR), 0);
    ASSERT_EQ(::mkdirat(merged.get(), "o", 0750), 0);
    const UniqueFd made(::openat(merged.get(), "o/new", O_WRONLY | O_CREAT, 0640));
    ASSERT_TRUE(made);
    ASSERT_EQ(::fchown(made.get(), 33, 44), 0);
  }
  std::string blob;
  const PackResult packed = Pack(scratch.path("upper"), [&](std::string_view d) { blob += d; });
  const fs::path again = scratch.path("again");
  EXPECT_EQ(Unpack(FromString(blob), again).diff_id, packed.diff_id);
  EXPECT_EQ(FindConflict(scratch.path("upper"), again), "o");  // opaque in both: order matters

  const UniqueFd view = OpenView({{lower, again}, {}, {}});
  EXPECT_THAT(NamesIn(view), ElementsAre("d", "keep", "o"));
  EXPECT_THAT(NamesIn(view, "d"), ElementsAre("b"));
  EXPECT_THAT(NamesIn(view, "o"), ElementsAre("new"));
  EXPECT_EQ(scratch.Stat("again/o").st_mode, S_IFDIR | 0750u);
  EXPECT_EQ(scratch.Stat("again/o/new").st_uid, 33u);
  EXPECT_EQ(scratch.Stat("again/o/new").st_gid, 44u);
}

TEST(Pack, RefusesADirectoryThatRefersToLowerLayers) {
  Scratch scratch;
  fs::create_directories(scratch.path("upper/d"));
  ASSERT_EQ(::setxattr(scratch.path("upper/d").c_str(), "trusted.overlay.redirect", "x", 1, 0), 0);
  EXPECT_THROW(Pack(scratch.path("upper"), [](std::string_view) {}), base::Error);
}

TEST(Pack, SkipsDeviceNodes) {
  Scratch scratch;
  fs::create_directory(scratch.path("upper"));
  ASSERT_EQ(::mknod(scratch.path("upper/null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
  const PackResult packed = Pack(scratch.path("upper"), [](std::string_view) {});
  EXPECT_EQ(packed.skipped, 1u);
  EXPECT_EQ(packed.entries, 0u);
}

TEST(CopyTree, CopiesFromAViewIntoALayerWithAnotherOwner) {
  Scratch scratch;
  Member owned;
  owned.name = "src/f";
  owned.uid = 33;
  owned.content = std::string(3'000'000, 'c');
  const UniqueFd view = OpenView({{UnpackTo(scratch, "1", TarBuilder().Add(owned).Finish()),
                                   UnpackTo(scratch, "2", TarBuilder().File("src/g").Finish())},
                                  {},
                                  {}});
  fs::create_directory(scratch.path("draft"));
  const UniqueFd draft = base::OpenFile(scratch.path("draft"), O_PATH | O_DIRECTORY);
  CopyOptions options;
  CopyTree(view.get(), "src/", draft.get(), "kept/", options);
  options.owner = CopyOptions::Owner{1000, 1001};
  CopyTree(view.get(), "src", draft.get(), "app/src", options);
  EXPECT_EQ(scratch.Stat("draft/kept/f").st_uid, 33u);
  EXPECT_EQ(scratch.Stat("draft/app/src/f").st_uid, 1000u);
  EXPECT_EQ(scratch.Stat("draft/app").st_gid, 1001u);
  EXPECT_EQ(scratch.Read("draft/app/src/f"), owned.content);
  EXPECT_EQ(scratch.Read("draft/app/src/g"), "x");
}

TEST(FindConflict, SeesAnOpaqueDirectoryAgainstAnAddition) {
  Scratch scratch;
  scratch.Write("a/d/x", "x");
  scratch.Write("b/d/y", "y");
  EXPECT_EQ(FindConflict(scratch.path("a"), scratch.path("b")), std::nullopt);
  ASSERT_EQ(::setxattr(scratch.path("a/d").c_str(), "trusted.overlay.opaque", "y", 1, 0), 0);
  EXPECT_EQ(FindConflict(scratch.path("a"), scratch.path("b")), "d");
  EXPECT_EQ(FindConflict(scratch.path("b"), scratch.path("a")), "d");
}

}  // namespace
}  // namespace runtime::layer
