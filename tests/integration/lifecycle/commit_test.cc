// runner container diff, commit and export: what a container changed.
#include <gmock/gmock.h>

#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class LifecycleCommit : public LifecycleTest {
 protected:
  // A container "box" of an image with some files, that did this.
  static void Change(const std::string& script, const Words& options = {}) {
    static const bool made = [] {
      MakeImage("base",
                "mkdir -p srv/dir srv/gone; echo 1 >srv/a; echo 2 >srv/b; echo 3 >srv/dir/c;"
                "echo 4 >srv/gone/d; ln -s a srv/link");
      return true;
    }();
    ASSERT_TRUE(made);
    Words words = {"--name", "box"};
    words.insert(words.end(), options.begin(), options.end());
    const Output output = RunToEnd(RunWords(words, {"sh", "-c", script}, "base"));
    ASSERT_EQ(output.code, 0) << output.errors;
  }

  static Output InImage(const std::string& image, const std::string& script,
                        const Words& options = {}) {
    return Run(options, {"sh", "-c", script}, image);
  }
  static std::string Config(const std::string& image) {
    return RunToEnd(Runner({"image", "inspect", image})).text;
  }
};

TEST_F(LifecycleCommit, DiffListsWhatWasAddedChangedAndDeleted) {
  Change(R"(
    cd /srv; echo x >new; mkdir newdir; echo x >newdir/file; echo 1 >>a; rm b; rm -r gone
    rm -r dir; mkdir dir; echo 5 >dir/e; rm link; ln -s b link)");
  EXPECT_EQ(Ok({"diff", "box"}),
            "C /srv\nC /srv/a\nD /srv/b\nC /srv/dir\nD /srv/dir/c\nA /srv/dir/e\nD /srv/gone\n"
            "C /srv/link\nA /srv/new\nA /srv/newdir\nA /srv/newdir/file");
  EXPECT_THAT(Ok({"diff", "--json", "box"}), HasSubstr("\"Path\": \"/srv/newdir/file\""));
}

TEST_F(LifecycleCommit, DiffOfNothingIsEmpty) {
  Change("cat /srv/a >/dev/null", {"-v", "diffed:/data"});
  EXPECT_THAT(Ok({"diff", "box"}), Not(HasSubstr("srv")));
  EXPECT_THAT(Ok({"diff", "box"}), Not(HasSubstr("etc")));
  Ok({"create", "--name", "never", "base", "true"});
  EXPECT_EQ(Ok({"diff", "never"}), "");
}

TEST_F(LifecycleCommit, DiffShowsNoControlCharacters) {
  Change("touch \"$(printf '/srv/\\033[31mred')\"");
  EXPECT_THAT(Ok({"diff", "box"}), Not(HasSubstr("\033")));
}

TEST_F(LifecycleCommit, MakesALayerOfTheChanges) {
  Change(R"(
    cd /srv; echo x >new; ln new hard; chown 7:8 new; chmod 4750 new; rm b; rm -r gone
    rm -r dir; mkdir dir; echo 5 >dir/e; mkfifo fifo; setfattr -n user.note -v hello a 2>/dev/null
    true)");
  EXPECT_THAT(Ok({"commit", "box", "committed"}), StartsWith("sha256:"));
  EXPECT_EQ(InImage("committed", R"(
    cd /srv; ls -p; ls dir; stat -c %u:%g:%a:%h new; cat hard; [ -p fifo ] && echo fifo)")
                .text,
            "a\ndir/\nfifo\nhard\nlink\nnew\ne\n7:8:4750:2\nx\nfifo\n");
  EXPECT_EQ(Ok({"diff", "box"}).empty(), false);  // The container is as it was.
}

TEST_F(LifecycleCommit, TheImageSaysWhatTheContainerWasMadeToRun) {
  Change("echo x >/made", {"-e", "NOTE=hello", "-w", "/srv", "-u", "0:0", "--label", "of=box"});
  Ok({"commit", "-a", "Somebody <a@b.c>", "-m", "by hand", "box", "made:1"});
  const std::string config = Config("made:1");
  EXPECT_THAT(config, HasSubstr("\"comment\": \"by hand\""));
  EXPECT_THAT(config, HasSubstr("\"author\": \"Somebody <a@b.c>\""));
  EXPECT_THAT(config, HasSubstr("\"of\": \"box\""));
  EXPECT_THAT(config, HasSubstr("\"NOTE=hello\""));
  EXPECT_THAT(config, Not(HasSubstr("HOSTNAME=")));
  EXPECT_THAT(config, HasSubstr("sh -c echo x >/made"));
  EXPECT_EQ(Run({}, {"sh", "-c", "pwd; echo $NOTE; cat /made"}, "made:1").text, "/srv\nhello\nx\n");
  EXPECT_EQ(Run({}, {}, "made:1").code, 0);  // The command is the container's.
}

TEST_F(LifecycleCommit, ChangesTheConfigAsADockerfileDoes) {
  Change("true");
  Ok({"commit",
      "-c",
      "CMD [\"echo\", \"from cmd\"]",
      "-c",
      "ENV A=b C=\"d e\"",
      "--change",
      "WORKDIR /srv",
      "-c",
      "EXPOSE 80",
      "-c",
      "VOLUME /data",
      "-c",
      "USER 7:8",
      "-c",
      "STOPSIGNAL INT",
      "-c",
      "ONBUILD RUN true",
      "-c",
      "LABEL x=y",
      "-c",
      "HEALTHCHECK --interval=5s CMD true",
      "box",
      "changed"});
  EXPECT_EQ(Run({}, {}, "changed").text, "from cmd\n");
  EXPECT_EQ(InImage("changed", "echo $A $C; pwd; id -u; id -g").text, "b d e\n/srv\n7\n8\n");
  const std::string config = Config("changed");
  for (const char* text : {"80/tcp", "/data", "INT", "RUN true", "\"x\": \"y\"", "CMD-SHELL"}) {
    EXPECT_THAT(config, HasSubstr(text));
  }
  EXPECT_EQ(Container({"commit", "-c", "RUN true", "box"}).code, 2);
  EXPECT_EQ(Container({"commit", "box", "NOT A NAME"}).code, 2);
  EXPECT_EQ(Container({"commit", "none"}).code, 3);
}

TEST_F(LifecycleCommit, OneThatRunsStandsStillMeanwhile) {
  Start({"--name", "box"}, "echo x >/made; echo ready; exec sleep 1000");
  AwaitLog("box", "ready");
  EXPECT_THAT(Ok({"commit", "box", "running"}), StartsWith("sha256:"));
  EXPECT_EQ(Status("box"), "running");
  EXPECT_EQ(Run({}, {"cat", "/made"}, "running").text, "x\n");
  EXPECT_THAT(Ok({"commit", "--pause=false", "box"}), StartsWith("sha256:"));
}

TEST_F(LifecycleCommit, OneThatNeverRanIsItsImage) {
  Change("true");
  Ok({"create", "--name", "never", "base", "true"});
  Ok({"commit", "never", "unchanged"});
  EXPECT_EQ(InImage("unchanged", "cat /srv/a").text, "1\n");
}

TEST_F(LifecycleCommit, AnImageCanBeMadeOnTopOfACommittedOne) {
  Change("rm /srv/a; echo x >/srv/x");
  Ok({"commit", "box", "first"});
  const Output output =
      RunToEnd(RunWords({"--name", "next"}, {"sh", "-c", "echo y >/srv/a; rm /srv/x"}, "first"));
  ASSERT_EQ(output.code, 0) << output.errors;
  Ok({"commit", "next", "second"});
  EXPECT_EQ(InImage("second", "cat /srv/a; ls /srv").text, "y\na\nb\ndir\ngone\nlink\n");
}

// An image that lacks what is mounted in every container, or has something else there.
class LifecycleCommitMountPoints : public LifecycleCommit {
 protected:
  // The files of the image "committed", by tar(1), after a container of an image that was made by
  // the first script ran the second.
  static std::string FilesAfter(const std::string& name, const std::string& image,
                                const std::string& script) {
    MakeImage(name, image);
    const Output output = RunToEnd(RunWords({"--name", "box"}, {"sh", "-c", script}, name));
    EXPECT_EQ(output.code, 0) << output.errors;
    Ok({"commit", "box", "committed"});
    Ok({"create", "--name", "never", "committed", "true"});
    const fs::path out = MakeDirectory("committed") / "all.tar";
    Ok({"export", "-o", out, "never"});
    return RunToEnd({"tar", "-tvf", out}).text;
  }
};

TEST_F(LifecycleCommitMountPoints, AreNotOfTheImage) {
  const std::string files =
      FilesAfter("without", "rm -rf etc dev proc sys", "echo x >/made; cat /etc/hosts");
  EXPECT_EQ(Ok({"diff", "box"}), "A /made");
  EXPECT_THAT(files, HasSubstr("./made\n"));
  for (const char* name : {"./etc", "./dev", "./proc", "./sys"}) {
    EXPECT_THAT(files, Not(HasSubstr(name)));
  }
  EXPECT_EQ(InImage("committed", "cat /made; [ -s /etc/hosts ] && echo hosts").text, "x\nhosts\n");
}

TEST_F(LifecycleCommitMountPoints, LeaveWhatTheImageHasThere) {
  const std::string files = FilesAfter("with", R"(
    rm -f etc/hosts etc/hostname etc/resolv.conf; mkdir -p etc
    echo content >etc/hostname; : >etc/hosts; ln -s ../run/resolv etc/resolv.conf)",
                                       "cat /etc/resolv.conf");
  EXPECT_EQ(Ok({"diff", "box"}), "");
  EXPECT_THAT(files, ContainsRegex(" 8 [^\n]* ./etc/hostname\n"));
  EXPECT_THAT(files, ContainsRegex(" 0 [^\n]* ./etc/hosts\n"));
  EXPECT_THAT(files, HasSubstr("./etc/resolv.conf -> ../run/resolv\n"));
}

TEST_F(LifecycleCommitMountPoints, LeaveWhatTheContainerMadeBesideThem) {
  const std::string files =
      FilesAfter("beside", "rm -rf etc", "echo x >/etc/own; chmod 750 /etc; mkdir /srv");
  EXPECT_EQ(Ok({"diff", "box"}), "A /etc\nA /etc/own\nA /srv");
  EXPECT_THAT(files, ContainsRegex("drwxr-x---[^\n]* ./etc/\n"));
  EXPECT_THAT(files, HasSubstr("./etc/own\n"));
  EXPECT_THAT(files, HasSubstr("./srv/\n"));
  EXPECT_THAT(files, Not(HasSubstr("./etc/hosts")));
}

TEST_F(LifecycleCommit, ExportsAllFilesButThoseOfVolumes) {
  Change("rm /srv/b; echo x >/srv/new; echo secret >/data/file", {"-v", "exported:/data"});
  const fs::path out = MakeDirectory("exported") / "all.tar";
  Ok({"export", "-o", out, "box"});
  const std::string names = RunToEnd({"tar", "-tf", out}).text;
  EXPECT_THAT(names, HasSubstr("./srv/new\n"));
  EXPECT_THAT(names, HasSubstr("./srv/a\n"));
  EXPECT_THAT(names, Not(HasSubstr("srv/b\n")));
  EXPECT_THAT(names, Not(HasSubstr("data/file")));
  EXPECT_EQ(RunToEnd(Runner({"image", "import", out, "again"})).code, 0);
  EXPECT_EQ(InImage("again", "cat /srv/new").text, "x\n");
}

}  // namespace
}  // namespace tests
