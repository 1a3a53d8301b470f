// runner container cp: files between a container and the host, whether it runs or not.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::HasSubstr;

// More than a pipe holds, and the same after another start.
constexpr char kBig[] = "mkdir -p /srv; [ -e /srv/big ] || head -c 3000000 /dev/urandom >/srv/big";

// With a container that runs, and one that doesn't.
class LifecycleCopy : public LifecycleTest, public testing::WithParamInterface<bool> {
 protected:
  LifecycleCopy() : directory_(MakeDirectory("copy")) {
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
      fs::remove_all(entry.path());
    }
    fs::permissions(directory_, fs::perms::all);
  }

  // A container "box" of that script.
  static void Make(const Words& options, const std::string& script) {
    Words all = {"--name", "box"};
    all.insert(all.end(), options.begin(), options.end());
    Start(all, script + "; echo ready; exec sleep 1000");
    AwaitLog("box", "ready");
    if (!GetParam()) {
      Ok({"kill", "box"});
      Ok({"wait", "box"});
    }
  }

  // What this script says in the container's files.
  static std::string Inside(const std::string& script) {
    if (!GetParam()) {
      Ok({"start", "box"});
    }
    const std::string text = Ok({"exec", "box", "sh", "-c", script});
    if (!GetParam()) {
      Ok({"kill", "box"});
      Ok({"wait", "box"});
    }
    return text;
  }

  static Output Copy(const Words& words) {
    Words all = {"cp"};
    all.insert(all.end(), words.begin(), words.end());
    return Container(all);
  }
  static void MustCopy(const Words& words) {
    const Output output = Copy(words);
    EXPECT_EQ(output.code, 0) << output.errors;
  }

  // runner container cp WORDS, with a shell around it.
  static Output CopyInShell(const std::string& line) {
    return RunToEnd(AsUser(
        {"sh", "-c", "cp() { \"$0\" container cp \"$@\"; }; " + line, build() / "bin/runner"}));
  }

  std::string Read(const std::string& name) const { return base::ReadFile(directory_ / name); }
  void Write(const std::string& name, const std::string& text) const {
    base::WriteFileAtomically(directory_ / name, text, base::Durability::kNoFlush, 0644);
  }

  const fs::path directory_;
};

INSTANTIATE_TEST_SUITE_P(Container, LifecycleCopy, testing::Bool(),
                         [](const auto& which) { return which.param ? "Running" : "Stopped"; });

TEST_P(LifecycleCopy, TakesFilesOut) {
  Make({}, "mkdir -p /srv/sub; echo one >/srv/one; echo two >/srv/sub/two; ln -s one /srv/link");
  MustCopy({"box:/srv/one", directory_});
  EXPECT_EQ(Read("one"), "one\n");
  MustCopy({"box:/srv", directory_ / "new"});
  EXPECT_EQ(Read("new/sub/two"), "two\n");
  EXPECT_EQ(fs::read_symlink(directory_ / "new/link"), "one");
  MustCopy({"-L", "box:srv/link", directory_ / "followed"});
  EXPECT_EQ(Read("followed"), "one\n");
  const Output missing = Copy({"box:/none", directory_});
  EXPECT_EQ(missing.code, 3);
  EXPECT_THAT(missing.errors, HasSubstr("container box: read /none: look at it: No such file"));
}

TEST_P(LifecycleCopy, PutsFilesIn) {
  Make({}, "mkdir /srv");
  fs::create_directories(directory_ / "tree/sub");
  Write("tree/one", "one\n");
  Write("tree/sub/two", "two\n");
  MustCopy({directory_ / "tree/one", "box:/srv/"});
  MustCopy({directory_ / "tree", "box:/srv/new"});
  MustCopy({(directory_ / "tree/.").string(), "box:/srv"});
  EXPECT_EQ(Inside("cat /srv/one /srv/new/sub/two /srv/sub/two"), "one\ntwo\ntwo");
  EXPECT_EQ(Copy({directory_ / "tree/one", "box:/srv/none/"}).code, 3);
  EXPECT_EQ(Copy({directory_ / "tree", "box:/srv/one"}).code, 3);
}

// Docker's documentation: root's inside, whoever runs us outside; -a keeps owners.
TEST_P(LifecycleCopy, GivesFilesAnOwnerOfTheOtherSide) {
  Make({}, "echo x >/one; chown 7:8 /one; chmod 4755 /one");
  MustCopy({"box:/one", directory_});
  struct stat st;
  ASSERT_EQ(::stat((directory_ / "one").c_str(), &st), 0);
  EXPECT_EQ(st.st_uid, DiskId(0));
  EXPECT_EQ(st.st_mode & 07777, 0755);
  MustCopy({directory_ / "one", "box:/two"});
  MustCopy({"-a", "box:/one", directory_ / "kept"});
  ASSERT_EQ(::stat((directory_ / "kept").c_str(), &st), 0);
  EXPECT_EQ(st.st_uid, DiskId(7));
  EXPECT_EQ(st.st_mode & 07777, 04755);
  MustCopy({"-a", directory_ / "kept", "box:/three"});
  EXPECT_EQ(Inside("stat -c %u:%g:%a /two /three"), "0:0:755\n7:8:4755");
}

TEST_P(LifecycleCopy, TakesAndGivesArchives) {
  Make({}, "mkdir /srv; echo one >/srv/one");
  EXPECT_EQ(CopyInShell("cp box:/srv - | tar -t").text, "srv/\nsrv/one\n");
  const std::string archive = directory_ / "archive.tar";
  EXPECT_EQ(CopyInShell("cp box:/srv - >" + archive + " && cp - box:/tmp <" + archive).code, 0);
  EXPECT_EQ(Inside("cat /tmp/srv/one"), "one");
  EXPECT_EQ(CopyInShell("cp - box:/none <" + archive).code, 3);
  EXPECT_EQ(CopyInShell("echo none | cp - box:/tmp").code, 3);
}

TEST_P(LifecycleCopy, TakesAnArchiveOfTheSameContainer) {
  Make({}, kBig);
  const Output output = CopyInShell("cp box:/srv - | cp - box:/tmp");
  EXPECT_EQ(output.code, 0) << output.errors;
  // One side has nothing for the other until it has waited for the container itself.
  const Output later =
      CopyInShell("{ cp box:/srv/big - >/dev/null; cp box:/srv -; } | cp - box:/root");
  EXPECT_EQ(later.code, 0) << later.errors;
  EXPECT_EQ(Inside("cmp /srv/big /tmp/srv/big && cmp /srv/big /root/srv/big && echo same"), "same");
}

TEST_P(LifecycleCopy, TwoAtOnceBothArrive) {
  Make({}, std::string(kBig) + "; mkdir -p /one /two");
  const Output output = CopyInShell(
      "cp box:/srv - | cp - box:/one & first=$!; cp box:/srv - | cp - box:/two && wait $first");
  EXPECT_EQ(output.code, 0) << output.errors;
  EXPECT_EQ(Inside("cmp /srv/big /one/srv/big && cmp /srv/big /two/srv/big && echo same"), "same");
}

TEST_P(LifecycleCopy, AnArchiveThatEndsEarlyLeavesNothingOfItself) {
  Make({}, kBig);
  EXPECT_NE(CopyInShell("cp box:/srv - | head -c 2000000 | cp - box:/tmp").code, 0);
  EXPECT_TRUE(fs::is_empty(state() / "tmp"));
}

TEST_P(LifecycleCopy, SeesVolumes) {
  Make({"-v", "copied:/data", "-v", directory_.string() + ":/host:ro"}, "echo in >/data/file");
  MustCopy({"box:/data/file", directory_ / "out"});
  EXPECT_EQ(Read("out"), "in\n");
  MustCopy({directory_ / "out", "box:/data/back"});
  EXPECT_EQ(Text({"-v", "copied:/data"}, "cat /data/back"), "in");
  // What the container can't write to, we can't.
  const Output output = Copy({directory_ / "out", "box:/host/more"});
  EXPECT_EQ(output.code, 3);
  EXPECT_THAT(output.errors, HasSubstr("Read-only file system"));
}

TEST_P(LifecycleCopy, TakesAllFilesButThoseOfTheKernel) {
  Make({}, "echo x >/marker");
  MustCopy({"box:/", directory_ / "all"});
  EXPECT_EQ(Read("all/marker"), "x\n");
  EXPECT_TRUE(fs::is_directory(directory_ / "all/proc"));
  EXPECT_TRUE(fs::is_empty(directory_ / "all/proc"));
}

TEST_P(LifecycleCopy, NeedsOneContainerAndOnePathOfTheHost) {
  Make({}, "true");
  EXPECT_EQ(Copy({"box:/a", "box:/b"}).code, 2);
  EXPECT_EQ(Copy({directory_, directory_}).code, 2);
  EXPECT_EQ(Copy({"box:", directory_}).code, 2);
  EXPECT_EQ(Copy({"none:/a", directory_}).code, 3);
}

// Nothing of the copy stays: the container can be started, removed, and has no process.
TEST_P(LifecycleCopy, LeavesTheContainerAsItWas) {
  Make({}, "true");
  const std::string before = Status("box");
  MustCopy({"box:/etc", directory_});
  EXPECT_EQ(Status("box"), before);
  if (!GetParam()) {
    Ok({"start", "box"});
  }
  EXPECT_EQ(Ok({"exec", "box", "sh", "-c", "set -- /proc/[0-9]*; echo $#"}), "4");
}

TEST_P(LifecycleCopy, WorksOnAPausedOne) {
  if (!GetParam() || rootless()) {
    return;
  }
  Make({}, "echo x >/file");
  Ok({"pause", "box"});
  MustCopy({"box:/file", directory_});
  Ok({"unpause", "box"});
}

}  // namespace
}  // namespace tests
