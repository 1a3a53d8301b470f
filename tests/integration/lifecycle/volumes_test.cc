// Volumes of kept containers: data containers, what is made for one container, and what lies below.
#include <gmock/gmock.h>

#include <algorithm>

#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LifecycleVolumes : public LifecycleTest {
 protected:
  void SetUp() override { Volume({"prune", "--force"}); }
  void TearDown() override {
    LifecycleTest::TearDown();
    Volume({"prune", "--force"});
  }

  static Output Volume(const Words& words) {
    Words all = {"volume"};
    all.insert(all.end(), words.begin(), words.end());
    return RunToEnd(Runner(all));
  }
  static size_t Count() {
    const std::string names = Volume({"ls", "-q"}).text;
    return static_cast<size_t>(std::count(names.begin(), names.end(), '\n'));
  }
};

TEST_F(LifecycleVolumes, ADataContainerLendsItsVolumes) {
  const fs::path directory = MakeDirectory("lent");
  base::WriteFileAtomically(directory / "file", "host\n", base::Durability::kNoFlush, 0644);
  Ok({"create", "--name", "data", "-v", "/made", "-v", "named:/named", "-v",
      directory.string() + ":/host:ro", "busybox", "true"});
  Text({"--volumes-from", "data"}, "echo one >/made/file; echo two >/named/file");
  EXPECT_EQ(Text({"--volumes-from", "data:ro"},
                 "cat /made/file /named/file /host/file; touch /made/x 2>/dev/null || echo no"),
            "one\ntwo\nhost\nno");
  EXPECT_EQ(Text({"-v", "named:/data"}, "cat /data/file"), "two");
  // What is given here comes first.
  EXPECT_EQ(Text({"--volumes-from", "data", "--tmpfs", "/made"}, "ls /made"), "");
}

TEST_F(LifecycleVolumes, LentVolumesOutliveTheDataContainer) {
  Ok({"create", "--name", "data", "-v", "/made", "busybox", "true"});
  Start({"--name", "user", "--volumes-from", "data"}, "echo x >/made/file; exec sleep 1000");
  Ok({"rm", "-v", "data"});
  EXPECT_EQ(Count(), 1u);
  EXPECT_EQ(Ok({"exec", "user", "cat", "/made/file"}), "x");
  Ok({"rm", "-f", "-v", "user"});
  EXPECT_EQ(Count(), 0u);
}

TEST_F(LifecycleVolumes, OnesOfNobodyElseGoWithTheContainerWhereThatIsAskedFor) {
  Text({"-v", "/made"}, "touch /made/file");
  EXPECT_EQ(Count(), 0u);
  Ok({"create", "--name", "stays", "-v", "/made", "-v", "named:/n", "busybox", "true"});
  Ok({"rm", "stays"});
  EXPECT_EQ(Count(), 2u);
  Volume({"prune", "--force"});
  Ok({"create", "--name", "goes", "-v", "/made", "-v", "named:/n", "busybox", "true"});
  Ok({"rm", "-v", "goes"});
  EXPECT_EQ(Volume({"ls", "-q"}).text, "named\n");
  Text({"--name", "box", "--rm", "-v", "/made"}, "true");
  EXPECT_TRUE(WaitUntil([] { return Count() == 1; }, std::chrono::seconds(10)));
}

TEST_F(LifecycleVolumes, WhatTheImageCallsAVolumeIsOne) {
  MakeImage("voluminous", "mkdir -p data; echo seed >data/file", {"VOLUME /data"});
  Words words = RunWords({"--name", "box"}, {"sh", "-c", "echo more >>/data/file"}, "voluminous");
  ASSERT_EQ(RunToEnd(words).code, 0);
  EXPECT_EQ(Text({"--volumes-from", "box"}, "cat /data/file"), "seed\nmore");
  EXPECT_THAT(Ok({"diff", "box"}), Not(HasSubstr("/data/file")));
  // Also where nothing else can be written to.
  EXPECT_EQ(
      Run({"--read-only"}, {"sh", "-c", "echo x >>/data/file; cat /data/file"}, "voluminous").text,
      "seed\nx\n");
}

TEST_F(LifecycleVolumes, OneOfAKeptContainerIsInUseUntilThatIsRemoved) {
  Ok({"create", "--name", "box", "-v", "kept:/data", "busybox", "true"});
  EXPECT_THAT(Volume({"rm", "kept"}).errors, HasSubstr("a container uses it"));
  EXPECT_EQ(Volume({"ls", "-q", "--filter", "dangling=true"}).text, "");
  EXPECT_EQ(Volume({"prune", "--force"}).text, "");
  Ok({"rm", "-v", "box"});
  EXPECT_EQ(Volume({"ls", "-q", "--filter", "dangling=true"}).text, "kept\n");
  EXPECT_EQ(Volume({"rm", "kept"}).code, 0);
  EXPECT_EQ(Volume({"rm", "-f", "kept"}).code, 0);
}

TEST_F(LifecycleVolumes, AContainerThatCouldNotBeMadeLeavesNone) {
  Ok({"create", "--name", "box", "busybox", "true"});
  EXPECT_EQ(Container({"create", "--name", "box", "-v", "/made", "busybox", "true"}).code, 125);
  EXPECT_EQ(Count(), 0u);
}

// The first is there when the second is refused.
TEST_F(LifecycleVolumes, MountsThatFailHalfWayLeaveNone) {
  const std::string missing = MakeDirectory("half-way") / "none";
  for (const Words& verb : {Words{"create"}, {"run"}, {"run", "-d"}, {"run", "--name", "box"}}) {
    Words words = verb.front() == "create" ? Words{"container"} : Words();
    words.insert(words.end(), verb.begin(), verb.end());
    words.insert(words.end(), {"-v", "/made", "-v", missing + ":/data", "busybox", "true"});
    const Output output = RunToEnd(Runner(words));
    EXPECT_EQ(output.code, 125);
    EXPECT_THAT(output.errors, HasSubstr(missing));
    EXPECT_EQ(Count(), 0u);
  }
  EXPECT_EQ(Ok({"ps", "-aq"}), "");
}

// Nor what somebody else's container has.
TEST_F(LifecycleVolumes, MountsThatFailHalfWayLeaveLentOnesAlone) {
  Ok({"create", "--name", "data", "-v", "/made", "busybox", "true"});
  const std::string missing = MakeDirectory("half-way") / "none";
  EXPECT_EQ(
      Container({"create", "--volumes-from", "data", "-v", missing + ":/data", "busybox", "true"})
          .code,
      125);
  EXPECT_EQ(Count(), 1u);
}

TEST_F(LifecycleVolumes, VolumesOfNoContainerAreRefused) {
  const Output none = Shell({"--volumes-from", "none"}, "true");
  EXPECT_EQ(none.code, 125);
  EXPECT_THAT(none.errors, HasSubstr("no container \"none\""));
  Ok({"create", "--name", "box", "busybox", "true"});
  EXPECT_THAT(Shell({"--volumes-from", "box:rx"}, "true").errors,
              HasSubstr("--volumes-from box:rx"));
}

// Somebody who may write to a directory above puts a link where the container's source was.
TEST_F(LifecycleVolumes, ASourceThatBecameALinkIsRefusedAtTheNextStart) {
  const fs::path directory = MakeDirectory("above");
  const fs::path canary = MakeDirectory("above-canary");
  base::WriteFileAtomically(canary / "file", "canary\n", base::Durability::kNoFlush, 0644);
  fs::remove_all(directory / "source");
  fs::create_directories(directory / "source/in");
  fs::permissions(directory, fs::perms::all);
  Start({"--name", "box", "-v", (directory / "source/in").string() + ":/data"},
        "ls /data; exec sleep 1000");
  Ok({"kill", "box"});
  Ok({"wait", "box"});
  fs::rename(directory / "source/in", directory / "moved");
  for (const fs::path& swapped : {directory / "source/in", directory / "source"}) {
    fs::remove_all(swapped);
    fs::create_directories(canary / "in");
    fs::create_directory_symlink(canary, swapped);
    const Output output = Container({"start", "box"});
    EXPECT_NE(output.code, 0);
    EXPECT_THAT(output.errors, AllOf(HasSubstr("source/in: a link was put there"),
                                     HasSubstr("make the container again")));
    EXPECT_NE(Container({"cp", "box:/data/file", MakeDirectory("above-out")}).code, 0);
  }
  EXPECT_THAT(Container({"logs", "box"}).text, Not(HasSubstr("file")));
}

// A link that was there when the container was made is the user's own.
TEST_F(LifecycleVolumes, ALinkToTheSourceIsFollowedOnce) {
  const fs::path directory = MakeDirectory("linked");
  base::WriteFileAtomically(directory / "file", "one\n", base::Durability::kNoFlush, 0644);
  const fs::path link = MakeDirectory("linked-from") / "link";
  fs::remove(link);
  fs::create_directory_symlink(directory, link);
  Ok({"create", "--name", "box", "-v", link.string() + ":/data:ro", "busybox", "cat",
      "/data/file"});
  fs::remove(link);
  EXPECT_EQ(Ok({"start", "-a", "box"}), "one");
}

TEST_F(LifecycleVolumes, ASizeIsHeldByTheFileSystemOrRefused) {
  const Output output = Volume({"create", "--opt", "size=1m", "small"});
  if (output.code != 0) {
    EXPECT_EQ(output.code, 3);
    EXPECT_THAT(output.errors, HasSubstr("a size needs project quotas"));
    EXPECT_EQ(Count(), 0u);
    return;
  }
  EXPECT_THAT(
      Text({"-v", "small:/data"}, "dd if=/dev/zero of=/data/file bs=64k count=64 2>&1; true"),
      HasSubstr("quota"));
}

TEST_F(LifecycleVolumes, OptionsThatAreNoneAreRefused) {
  EXPECT_EQ(Volume({"create", "--opt", "size=many", "x"}).code, 2);
  EXPECT_EQ(Volume({"create", "--opt", "type=nfs", "x"}).code, 2);
  EXPECT_EQ(Volume({"create", "--driver", "nfs", "x"}).code, 2);
  EXPECT_EQ(Volume({"ls", "--filter", "size=1"}).code, 2);
}

}  // namespace
}  // namespace tests
