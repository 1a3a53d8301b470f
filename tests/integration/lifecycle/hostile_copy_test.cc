// Containers that swap directories for links while files are copied from and to them
// (CVE-2018-15664, moby GHSA-rg2x, GHSA-vp62), or leave programs for the host to run
// (CVE-2019-14271).
#include <gmock/gmock.h>
#include <unistd.h>

#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr int kRounds = 125;  // of four copies each; with both places and both users 2,000

class LifecycleHostileCopy : public LifecycleTest {
 protected:
  // A directory of the host that everybody may read and write.
  LifecycleHostileCopy() : canary_(MakeDirectory("copy-canary")), out_(MakeDirectory("copy-out")) {
    base::WriteFileAtomically(canary_ / "file", "canary\n", base::Durability::kNoFlush, 0666);
    fs::permissions(canary_, fs::perms::all);
    for (fs::path path = canary_.parent_path(); path != "/"; path = path.parent_path()) {
      fs::permissions(path, fs::perms::others_exec, fs::perm_options::add);
    }
    base::WriteFileAtomically(out_ / "new", "new\n", base::Durability::kNoFlush, 0644);
  }

  static Output Copy(const fs::path& from, const fs::path& to) {
    return Container({"cp", from.string(), to.string()});
  }

  // "point" is a directory and, every other moment, a link to the canary.
  void StartSwapper(const std::string& directory, const Words& options = {}) const {
    Words words = {"-d", "--name", "box", "-v", (build() / "tests/probe").string() + ":/probe:ro"};
    words.insert(words.end(), options.begin(), options.end());
    ASSERT_EQ(
        RunToEnd(RunWords(words, {"sh", "-c",
                                  "cd " + directory +
                                      "; mkdir -p point; echo own >point/file; "
                                      "ln -s " +
                                      canary_.string() + " link; exec /probe/swapper point link"}))
            .code,
        0);
    AwaitLog("box", "ready");
  }

  void ExpectNothingOutside() const {
    EXPECT_EQ(std::distance(fs::directory_iterator(canary_), fs::directory_iterator()), 1);
    EXPECT_EQ(base::ReadFile(canary_ / "file"), "canary\n");
  }

  void Race(const std::string& directory) const {
    int copied = 0;
    for (int round = 0; round < kRounds; ++round) {
      for (const char* source : {"/point/file", "/point", "/point/."}) {
        fs::remove_all(out_ / "got");
        copied += Copy("box:" + directory + source, out_ / "got").code == 0 ? 1 : 0;
        for (const fs::path& file : {out_ / "got", out_ / "got/file"}) {
          // A link that came as one is as harmless as any text.
          if (!fs::is_symlink(out_ / "got") && fs::is_regular_file(fs::symlink_status(file))) {
            EXPECT_THAT(base::ReadFile(file), Not(HasSubstr("canary")));
          }
        }
      }
      copied += Copy(out_ / "new", "box:" + directory + "/point/new").code == 0 ? 1 : 0;
      ASSERT_EQ(base::ReadFile(canary_ / "file"), "canary\n");
    }
    EXPECT_GT(copied, 0);  // The directory was there in some of the moments.
    ExpectNothingOutside();
  }

  const fs::path canary_;
  const fs::path out_;
};

TEST_F(LifecycleHostileCopy, ASwappedDirectoryNeverLeadsOut) {
  StartSwapper("/tmp");
  Race("/tmp");
}

TEST_F(LifecycleHostileCopy, ASwappedDirectoryOfAVolumeNeverLeadsOut) {
  StartSwapper("/data", {"-v", "raced:/data"});
  Race("/data");
}

TEST_F(LifecycleHostileCopy, LinksToTheHostMeanTheContainersFiles) {
  const std::string canary = canary_.string();
  Start({"--name", "box"}, "ln -s " + canary + " /out; ln -s ../../../../.." + canary +
                               " /up; ln -s /proc/1/root" + canary + " /magic; ln -s " + canary +
                               "/file /file; echo ready; exec sleep 1000");
  AwaitLog("box", "ready");
  const auto all = [&] {
    for (const char* link : {"/out", "/up", "/magic"}) {
      EXPECT_NE(Copy(std::string("box:") + link + "/file", out_ / "got").code, 0) << link;
      EXPECT_NE(Copy(std::string("box:") + link + "/.", out_ / "got").code, 0) << link;
      Copy(out_ / "new", std::string("box:") + link + "/new");
      Copy(out_ / "new", std::string("box:") + link);
    }
    Copy(out_ / "new", "box:/file");
    Copy(out_ / "new", "box:/proc/1/root/new");
    Copy(out_ / "new", "box:/proc/self/root" + canary + "/new");
  };
  all();
  Ok({"kill", "box"});
  Ok({"wait", "box"});
  all();
  ExpectNothingOutside();
}

// What comes out is made beneath the target, whatever links the target's directory has.
TEST_F(LifecycleHostileCopy, WhatComesOutFollowsNoLinkThatCameOut) {
  Start({"--name", "box"}, "mkdir -p /a/dir /b; ln -s " + canary_.string() +
                               " /b/dir; echo x >/a/dir/file; echo ready; exec sleep 1000");
  AwaitLog("box", "ready");
  fs::remove_all(out_ / "got");
  EXPECT_EQ(Copy("box:/b", out_ / "got").code, 0);
  EXPECT_NE(Copy("box:/a/.", out_ / "got").code, 0);  // A link stands where a directory goes.
  ExpectNothingOutside();
}

TEST_F(LifecycleHostileCopy, HasTheRightsOfTheContainerAndNoOthers) {
  const fs::path directory = MakeDirectory("copy-rights");
  fs::create_directories(directory / "closed");
  base::WriteFileAtomically(directory / "closed/file", "x", base::Durability::kNoFlush, 0600);
  if (!rootless()) {
    // Of a user that the container hasn't: its root is a stranger there, the host's isn't.
    ASSERT_EQ(::chown((directory / "closed").c_str(), 200'000, 200'000), 0);
  }
  fs::permissions(directory / "closed", fs::perms::owner_all);
  Start({"--name", "box", "--cap-add", "SYS_ADMIN", "-v", directory.string() + ":/data"},
        "echo ready; exec sleep 1000");
  AwaitLog("box", "ready");
  if (!rootless()) {
    EXPECT_NE(Copy("box:/data/closed/file", out_ / "got").code, 0);
    EXPECT_NE(Copy(out_ / "new", "box:/data/closed/new").code, 0);
  }
  for (const char* target :
       {"/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"}) {
    EXPECT_NE(Copy(out_ / "new", std::string("box:") + target).code, 0) << target;
  }
}

TEST_F(LifecycleHostileCopy, NoProgramOrLibraryOfTheContainerIsRun) {
  const fs::path outside = MakeDirectory("copy-helpers") / "marker";
  MakeImage("copyhelpers", "outside=" + outside.string() + R"(
    for name in tar xz gzip unpigz zstd sh nsenter; do
      [ $name = sh ] || { rm -f bin/$name
      printf '#!/bin/sh\necho ran >>/marker\necho ran >>%s\n' $outside >bin/$name
      chmod 755 bin/$name; }
    done
    mkdir -p lib/x86_64-linux-gnu
    for name in libnss_files.so.2 libnss_compat.so.2 libarchive.so.13; do
      echo false > lib/x86_64-linux-gnu/$name; done)");
  ASSERT_EQ(RunToEnd(RunWords({"-d", "--name", "box"}, {"sleep", "1000"}, "copyhelpers")).code, 0);
  EXPECT_EQ(Copy("box:/bin", out_ / "programs").code, 0);
  EXPECT_EQ(Copy(out_ / "new", "box:/new").code, 0);
  Ok({"diff", "box"});
  EXPECT_EQ(Container({"export", "-o", (out_ / "all.tar").string(), "box"}).code, 0);
  EXPECT_EQ(Container({"commit", "box", "copyhelpers:more"}).code, 0);
  EXPECT_NE(Container({"exec", "box", "cat", "/marker"}).code, 0);
  EXPECT_FALSE(fs::exists(outside));
}

// Nobody inside sees who copies.
TEST_F(LifecycleHostileCopy, TheCopyIsNoProcessOfTheContainer) {
  ASSERT_EQ(RunToEnd(RunWords({"-d", "--name", "box", "--cap-add", "SYS_PTRACE", "-v",
                               (build() / "tests" / "probe").string() + ":/probe:ro"},
                              {"/probe/join_watcher"}))
                .code,
            0);
  AwaitLog("box", "ready");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Copy("box:/etc", out_ / ("etc" + std::to_string(i))).code, 0);
  }
  Ok({"kill", "box"});
  Ok({"wait", "box"});
  EXPECT_EQ(Container({"logs", "box"}).text, "ready\n");
}

}  // namespace
}  // namespace tests
