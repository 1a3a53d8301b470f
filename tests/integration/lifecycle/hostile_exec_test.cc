// Containers that try to get at who joins them, and out through it.
#include <gmock/gmock.h>

#include <chrono>

#include "runtime/base/digest.h"
#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LifecycleHostileExec : public LifecycleTest {
 protected:
  static Output Exec(const Words& options, const Words& command) {
    Words words = {"exec"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back("box");
    words.insert(words.end(), command.begin(), command.end());
    return Container(words);
  }
};

// CVE-2024-21626: a descriptor of the host that leaks in, named as the working directory.
TEST_F(LifecycleHostileExec, NoDescriptorLeadsOutOfTheRootFileSystem) {
  Start({"--name", "box"}, "exec sleep 1000");
  EXPECT_EQ(
      Exec({}, {"sh", "-c", "for fd in /proc/self/fd/*; do [ -e $fd ] && echo ${fd##*/}; done"})
          .text,
      "0\n1\n2\n");
  for (const char* self : {"self", "thread-self", "1"}) {
    for (int fd = 3; fd < 40; ++fd) {
      const std::string directory = std::string("/proc/") + self + "/fd/" + std::to_string(fd);
      const Output output =
          Exec({"-w", directory}, {"sh", "-c", "pwd -P; ls -d /proc/self/cwd/.."});
      if (output.code == 0) {
        EXPECT_THAT(output.text, Not(HasSubstr("unreachable"))) << directory;
        ADD_FAILURE() << directory << " was taken: " << output.text;
      }
    }
  }
}

// CVE-2016-9962: who joins is traced, or its descriptors opened, before it is behind all walls.
TEST_F(LifecycleHostileExec, NobodyInsideLooksIntoWhoJoins) {
  ASSERT_EQ(RunToEnd(RunWords({"-d", "--name", "box", "--cap-add", "SYS_PTRACE", "-v",
                               (build() / "tests" / "probe").string() + ":/probe:ro"},
                              {"/probe/join_watcher"}))
                .code,
            0);
  AwaitLog("box", "ready");
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(Exec({}, {"true"}).code, 0);
  }
  Ok({"kill", "box"});
  Ok({"wait", "box"});
  EXPECT_EQ(Container({"logs", "box"}).text, "ready\n");
}

// CVE-2019-5736: the program that joins is overwritten through /proc/self/exe.
TEST_F(LifecycleHostileExec, TheProgramThatJoinsCannotBeChanged) {
  MakeImage("selfexec", "printf '#!/proc/self/exe\\n' > evil; chmod 755 evil");
  const fs::path program = build() / "bin" / "runner";
  const base::Digest before = base::Digest::Of(base::ReadFile(program));
  ASSERT_EQ(RunToEnd(RunWords({"-d", "--name", "box"}, {"sh", "-c", R"(
    while :; do
      for p in /proc/[0-9]*; do
        [ $p = /proc/$$ ] || (echo overwritten > $p/exe) 2>/dev/null && echo WRITTEN $p
      done
    done)"},
                              "selfexec"))
                .code,
            0);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_NE(Exec({}, {"/evil"}).code, 0);
  }
  EXPECT_EQ(base::Digest::Of(base::ReadFile(program)), before);
  EXPECT_THAT(Container({"logs", "box"}).text, Not(HasSubstr("WRITTEN /proc/1\n")));
}

// CVE-2026-30892: an odd text is read as another user than it says, root at worst.
TEST_F(LifecycleHostileExec, AnOddUserIsExactOrRefused) {
  Start({"--name", "box", "-u", "1000"}, "exec sleep 1000");
  for (const char* user : {"", "-1", "4294967295", "4294967296", "0x0", " 1", "1 ", "1:", ":1", ":",
                           "1000abc", "99999999999999999999", "00000000000000000000000", "+1",
                           "root\n", "1:-1", "1.0", "nosuch"}) {
    const Output output = Exec({std::string("--user=") + user}, {"id", "-u"});
    EXPECT_TRUE(output.code == 125 || std::string(user) == "00000000000000000000000")
        << user << ": " << output.code << output.text;
  }
  EXPECT_EQ(Exec({"-u", "7:8"}, {"sh", "-c", "id -u; id -g"}).text, "7\n8\n");
}

// CVE-2024-9341, CVE-2026-47262: what names its users is the container's own to change.
TEST_F(LifecycleHostileExec, AccountFilesOfItsOwnMakingAreRefusedQuickly) {
  const fs::path canary = MakeDirectory("account-canary");
  base::WriteFileAtomically(canary / "passwd", "canary:x:7:7::/:/bin/sh\n",
                            base::Durability::kNoFlush, 0644);
  Start({"--name", "box"}, "exec sleep 1000");
  for (const std::string& script :
       {std::string("mkfifo /etc/passwd"), "ln -s " + (canary / "passwd").string() + " /etc/passwd",
        "ln -s ../../../../../../../.." + (canary / "passwd").string() + " /etc/passwd",
        std::string("ln -s /dev/zero /etc/passwd"), std::string("mkdir /etc/passwd"),
        std::string("echo canary:x:7:7::/:/bin/sh >/etc/passwd; truncate -s 500M /etc/passwd")}) {
    ASSERT_EQ(Exec({}, {"sh", "-c", "rm -rf /etc/passwd; " + script}).code, 0) << script;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(Exec({"-u", "canary"}, {"id"}).code, 125) << script;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1)) << script;
  }
}

// CVE-2022-1227, CVE-2019-14271: a program of the image is run with the host's rights.
TEST_F(LifecycleHostileExec, NoProgramOfTheImageIsRunForTheHost) {
  // Run outside, or in the container.
  const fs::path outside = MakeDirectory("helpers") / "marker";
  MakeImage("helpers", "outside=" + outside.string() + R"(
    for name in nsenter xz gzip tar git ps id getent libnss_files.so.2; do
      rm -f bin/$name
      printf '#!/bin/sh\necho ran >>/marker\necho ran >>%s\n' $outside >bin/$name
      chmod 755 bin/$name
    done)");
  ASSERT_EQ(RunToEnd(RunWords({"-d", "--name", "box"}, {"sleep", "1000"}, "helpers")).code, 0);
  EXPECT_EQ(Exec({"-u", "nobody"}, {"true"}).code, 0);
  Ok({"top", "box"});
  Ok({"stats", "--no-stream", "box"});
  Ok({"inspect", "box"});
  EXPECT_NE(Exec({}, {"cat", "/marker"}).code, 0);
  EXPECT_FALSE(fs::exists(outside));
}

// The container's /dev is its own to change: nothing but a terminal is taken for one.
TEST_F(LifecycleHostileExec, AFalseTerminalIsRefused) {
  const std::string id = Start({"--name", "box"}, R"(
    rm -f /dev/ptmx; ln -s /etc/passwd /dev/ptmx; mkfifo /dev/tty9; echo ready; exec sleep 1000)");
  AwaitLog(id, "ready");
  // By its devpts, wherever the links of /dev lead.
  EXPECT_EQ(Exec({"-t"}, {"true"}).code, 0);
}

TEST_F(LifecycleHostileExec, AFalseDevptsIsRefused) {
  const fs::path fake = MakeDirectory("false-devpts");
  Start({"--name", "box", "-v", fake.string() + ":/dev/pts"}, "exec sleep 1000");
  for (const char* ptmx :
       {"mkfifo ptmx", "echo >ptmx", "ln -s /dev/tty ptmx", "ln -s /dev/zero ptmx"}) {
    ASSERT_EQ(Exec({}, {"sh", "-c", std::string("cd /dev/pts; rm -f ptmx; ") + ptmx}).code, 0);
    const Output output = Exec({"-t"}, {"true"});
    EXPECT_EQ(output.code, 125) << ptmx;
    EXPECT_THAT(output.errors, HasSubstr("make a terminal")) << ptmx;
  }
}

TEST_F(LifecycleHostileExec, HugeArgumentsAreRefusedOrArrive) {
  Start({"--name", "box"}, "exec sleep 1000");
  EXPECT_EQ(Exec({}, {"sh", "-c", "echo ${#0}", std::string(100'000, 'x')}).text, "100000\n");
  Words many = {"true"};
  many.resize(60'000, "x");
  const Output output = Exec({}, many);
  EXPECT_THAT(output.code, AnyOf(Eq(0), Eq(125), Eq(126)));
  EXPECT_EQ(Status("box"), "running");
}

}  // namespace
}  // namespace tests
