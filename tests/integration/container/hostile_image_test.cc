// Root file systems that try to reach out of their container while it is set up.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/user.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class HostileImage : public RunTest {
 protected:
  HostileImage() : canary_(MakeDirectory("canary")) {
    base::WriteFileAtomically(canary_ / "file", "canary\n");
  }
  ~HostileImage() override {
    // Nothing was made, changed or removed outside.
    EXPECT_EQ(std::distance(fs::directory_iterator(canary_), fs::directory_iterator()), 1);
    EXPECT_EQ(base::ReadFile(canary_ / "file"), "canary\n");
  }

  // A run that the image must not survive: our error, and quickly.
  void ExpectRefused(const std::string& image) {
    const Output output = Run({}, {"true"}, image);
    EXPECT_EQ(output.code, 125) << image << output.text << output.errors;
    EXPECT_THAT(output.errors, HasSubstr("start the container")) << image;
  }
  const fs::path canary_;
};

TEST_F(HostileImage, DevAsALinkIsRefused) {
  MakeImage("dev-out", "rmdir dev; ln -s " + canary_.string() + " dev");
  MakeImage("dev-tmp", "rmdir dev; ln -s tmp dev");
  MakeImage("dev-up", "rmdir dev; ln -s ../../../../../.." + canary_.string() + " dev");
  ExpectRefused("dev-out");
  ExpectRefused("dev-tmp");
  ExpectRefused("dev-up");
}

TEST_F(HostileImage, ProcOrSysAsALinkIsRefused) {
  MakeImage("proc-out", "rmdir proc; ln -s " + canary_.string() + " proc");
  MakeImage("proc-tmp", "rmdir proc; ln -s tmp proc");
  MakeImage("sys-out", "rmdir sys; ln -s " + canary_.string() + " sys");
  MakeImage("sys-tmp", "rmdir sys; ln -s tmp sys");
  ExpectRefused("proc-out");
  ExpectRefused("proc-tmp");
  ExpectRefused("sys-out");
  ExpectRefused("sys-tmp");
}

TEST_F(HostileImage, ProcAsAFileIsRefused) {
  MakeImage("proc-file", "rmdir proc; echo > proc");
  ExpectRefused("proc-file");
}

TEST_F(HostileImage, VolumeOverProcIsRefused) {
  MakeImage("proc-link", "ln -s proc link");
  for (const char* target : {"/proc", "/x/../proc", "/link"}) {
    const Output output =
        Run({"-v", canary_.string() + ":" + target + ":ro"}, {"true"}, "proc-link");
    EXPECT_EQ(output.code, 125) << target << output.errors;
    EXPECT_THAT(output.errors, HasSubstr("procfs")) << target;
  }
}

TEST_F(HostileImage, NullDeviceIsTheRealOneWhateverTheImageHas) {
  MakeImage("null", "ln -s /proc/sys/kernel/core_pattern dev/null");
  EXPECT_EQ(Run({}, {"stat", "-c", "%F %t:%T", "/dev/null"}, "null").text,
            "character special file 1:3\n");
}

TEST_F(HostileImage, EtcFilesAsLinksAreReplacedInside) {
  MakeImage("etc-links", "for f in hosts hostname resolv.conf; do rm -f etc/$f; ln -s " +
                             canary_.string() + "/file etc/$f; done");
  const Output output = Run({"--hostname", "inside"},
                            {"sh", "-c",
                             "cat /etc/hostname; echo evil >> /etc/hosts; "
                             "tail -n 1 /etc/hosts"},
                            "etc-links");
  EXPECT_EQ(output.text, "inside\nevil\n") << output.errors;
}

TEST_F(HostileImage, EtcItselfAsALinkStaysInside) {
  MakeImage("etc-out", "mv etc real; ln -s " + canary_.string() + " etc");
  const Output output = Run({"-u", "0"}, {"sh", "-c", "cat /etc/hostname"}, "etc-out");
  EXPECT_THAT(output.text + output.errors, Not(HasSubstr("canary")));
}

TEST_F(HostileImage, AccountFilesThatAreNoFilesAreRefusedQuickly) {
  // Who followed a link would find the user there.
  const std::string secret = MakeDirectory("accounts") / "passwd";
  fs::permissions(scratch(), fs::perms::others_exec, fs::perm_options::add);
  base::WriteFileAtomically(secret, "nobody:x:7:7::/:/bin/sh\n", base::Durability::kNoFlush, 0644);
  const std::pair<const char*, std::string> images[] = {
      {"passwd-fifo", "rm etc/passwd; mkfifo etc/passwd"},
      {"passwd-link", "rm etc/passwd; ln -s " + secret + " etc/passwd"},
      {"passwd-up", "rm etc/passwd; ln -s ../../../../../../../.." + secret + " etc/passwd"},
      {"passwd-zero", "rm etc/passwd; mknod etc/passwd c 1 5"},
      {"passwd-directory", "rm etc/passwd; mkdir etc/passwd"},
  };
  for (const auto& [name, script] : images) {
    MakeImage(name, script);
    const auto begin = std::chrono::steady_clock::now();
    const Output output = Run({"-u", "nobody"}, {"id", "-u"}, name);
    EXPECT_EQ(output.code, 125) << name << output.text;
    EXPECT_EQ(output.text, "") << name;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2)) << name;
  }
}

// An import leaves pipes out; the layers of a registry may hold one.
TEST_F(HostileImage, AccountFileThatIsAPipeIsRefusedQuickly) {
  const fs::path tree = MakeDirectory("accounts-pipe");
  fs::create_directory(tree / "etc");
  ASSERT_EQ(::mkfifo((tree / "etc/passwd").c_str(), 0644), 0);
  runtime::layer::Snapshot rootfs;
  rootfs.lower = {tree};
  try {
    runtime::container::ResolveUserIn("nobody", rootfs);
    ADD_FAILURE() << "it was accepted";
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("etc/passwd of the image isn't a regular file"));
  }
}

TEST_F(HostileImage, GroupFileThatIsALinkGivesNoGroupOfTheHost) {
  MakeImage("group-link",
            "rm etc/group; ln -s /etc/group etc/group; ln -s ../../../etc/group group");
  const Output output = Run({"--group-add", "shadow"}, {"id", "-G"}, "group-link");
  EXPECT_EQ(output.code, 125) << output.text;
}

TEST_F(HostileImage, AccountFileOfTwoMegabytesIsRefused) {
  MakeImage("passwd-large", "yes x:x:1:1::/:/bin/sh | head -c 2000000 >> etc/passwd");
  const Output output = Run({"-u", "nobody"}, {"id", "-u"}, "passwd-large");
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("etc/passwd of the image"));
}

// CVE-2026-47262.
TEST_F(HostileImage, AccountFilesOfFourGigabytesAreRefusedQuicklyAndNotRead) {
  const fs::path tree = MakeDirectory("accounts-huge");
  fs::create_directory(tree / "etc");
  runtime::layer::Snapshot rootfs;
  rootfs.lower = {tree};
  const auto most_memory = [] {
    rusage usage;
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  for (const char* name : {"passwd", "group"}) {
    std::ofstream(tree / "etc" / name) << "nobody:x:1:1::/:/bin/sh\n";
    fs::resize_file(tree / "etc" / name, 4ull << 30);
    const long before = most_memory();
    const auto begin = std::chrono::steady_clock::now();
    try {
      runtime::container::ResolveUserIn("nobody", rootfs);
      ADD_FAILURE() << name << " was accepted";
    } catch (const base::Error& e) {
      EXPECT_THAT(e.what(), HasSubstr(std::string("etc/") + name + " of the image"));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
    EXPECT_LT(most_memory() - before, 16 << 10);
    fs::remove(tree / "etc" / name);
    std::ofstream(tree / "etc" / name) << "nobody:x:1:\n";
  }
}

TEST_F(HostileImage, GroupOfAnAccountThatIsNoNumberIsNotRoots) {
  MakeImage("odd-group", "echo odd:x:1000:what::/:/bin/sh >> etc/passwd");
  for (const char* user : {"odd", "1000"}) {
    const Output output = Run({"-u", user}, {"id", "-g"}, "odd-group");
    EXPECT_EQ(output.code, 125) << user << output.text;
    EXPECT_THAT(output.errors, HasSubstr("no group that is a number")) << user;
  }
  EXPECT_EQ(Run({"-u", "odd:7"}, {"id", "-g"}, "odd-group").text, "7\n");
}

TEST_F(HostileImage, NumberIsAUserIdAlsoWhereAnAccountHasThatName) {
  MakeImage("number", "echo 1000:x:0:0:evil:/root:/bin/sh >> etc/passwd");
  EXPECT_EQ(Run({"-u", "1000"}, {"sh", "-c", "id -u; id -g"}, "number").text, "1000\n0\n");
}

TEST_F(HostileImage, WorkingDirectoryByDescriptorIsRefused) {
  for (int n = 3; n <= 100; n += n < 20 ? 1 : 20) {
    for (const char* form : {"/proc/self/fd/", "/proc/thread-self/fd/", "/proc/1/fd/"}) {
      const std::string path = form + std::to_string(n);
      const Output output = Run({"-w", path}, {"sh", "-c", "pwd -P; ls"});
      EXPECT_EQ(output.code, 125) << path << output.text << output.errors;
    }
  }
  MakeImage("workdir-fd", "true", {"WORKDIR /proc/self/fd/8"});
  EXPECT_EQ(Run({}, {"pwd"}, "workdir-fd").code, 125);
}

TEST_F(HostileImage, WorkingDirectoryByStandardInputIsRefused) {
  const base::UniqueFd outside = base::OpenFile(canary_, O_RDONLY | O_DIRECTORY);
  for (const char* path : {"/proc/self/fd/0", "/proc/self/fd/0/..", "/dev/stdin", "/dev/fd/0"}) {
    const Output output = RunToEnd(RunWords({"-i", "-w", path}, {"pwd"}), outside.get());
    EXPECT_EQ(output.code, 125) << path << output.text << output.errors;
  }
}

// A second wall: should a directory of the host leak in, it leads nowhere.
TEST_F(HostileImage, ADirectoryOfTheHostAsADescriptorLeadsNowhere) {
  const fs::path open = MakeDirectory("leaked");
  fs::permissions(open, fs::perms::all);
  fs::permissions(scratch(), fs::perms::others_exec, fs::perm_options::add);
  base::WriteFileAtomically(open / "file", "of the host\n", base::Durability::kNoFlush, 0666);
  const base::UniqueFd leaked = base::OpenFile(open, O_RDONLY | O_DIRECTORY);
  for (const char* script :
       {"cat /proc/self/fd/0/file", "ls /proc/self/fd/0/", "echo x >/proc/self/fd/0/file",
        "echo x >/proc/self/fd/0/new", "mkdir /proc/self/fd/0/new", "rm /proc/self/fd/0/file",
        "mv /proc/self/fd/0/file /tmp/file", "cat /proc/self/fd/0/../*/file"}) {
    const Output output = RunToEnd(RunWords({"-i"}, {"sh", "-c", script}), leaked.get());
    EXPECT_NE(output.code, 0) << script;
    EXPECT_EQ(output.text, "") << script;
  }
  EXPECT_EQ(base::ReadFile(open / "file"), "of the host\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(open), fs::directory_iterator()), 1);
}

TEST_F(HostileImage, AFileOfTheHostAsADescriptorCanBeOpenedAgain) {
  const fs::path open = MakeDirectory("given") / "file";
  fs::permissions(scratch(), fs::perms::others_exec, fs::perm_options::add);
  fs::permissions(open.parent_path(), fs::perms::all);
  base::WriteFileAtomically(open, "given\n", base::Durability::kNoFlush, 0644);
  const base::UniqueFd given = base::OpenFile(open, O_RDONLY);
  EXPECT_EQ(RunToEnd(RunWords({"-i"}, {"cat", "/dev/stdin"}), given.get()).text, "given\n");
}

TEST_F(HostileImage, WorkingDirectoryThroughALinkStaysInside) {
  MakeImage("workdir",
            "mkdir -p ." + canary_.string() + "; ln -s " + canary_.string() +
                " out; ln -s /proc/self/fd/10 fd",
            {"WORKDIR /out/made"});
  const Output output = Run({}, {"pwd", "-P"}, "workdir");
  EXPECT_EQ(output.text, canary_.string() + "/made\n") << output.errors;  // Inside, that is.
  EXPECT_EQ(Run({"-w", "/fd"}, {"pwd"}, "workdir").code, 125);
}

TEST_F(HostileImage, MountPointThroughALinkStaysInside) {
  MakeImage("target", "mkdir -p ." + canary_.string() + "; ln -s " + canary_.string() + " out");
  const std::string source = MakeDirectory("source");
  const Output output = Run({"-v", source + ":/out/a/b", "-v", "/etc/hostname:/out/f:ro"},
                            {"sh", "-c", "ls /out"}, "target");
  EXPECT_EQ(output.text, "a\nf\n") << output.errors;
}

TEST_F(HostileImage, ProgramThatNamesItsInterpreterAsOursChangesNothing) {
  MakeImage("self", "printf '#!/proc/self/exe\\n' > run; chmod 755 run");
  const auto digest = [] {
    return base::Digest::Of(base::ReadFile(build() / "bin" / "runner")).ToString();
  };
  const std::string before = digest();
  for (int i = 0; i < 20; ++i) {
    EXPECT_NE(Run({}, {"/run"}, "self").code, 0);
  }
  EXPECT_EQ(digest(), before);
}

TEST_F(HostileImage, ToolsOfTheImageAreNeverRunOutside) {
  std::string script;
  for (const char* tool : {"xz", "gzip", "git", "nsenter", "tar", "newuidmap", "mount"}) {
    script += std::string("rm -f bin/") + tool + "; printf '#!/bin/sh\\necho > " +
              canary_.string() + "/marker\\n' > bin/" + tool + "; chmod 755 bin/" + tool + "\n";
  }
  MakeImage("tools", script);
  EXPECT_EQ(Run({"-u", "nobody"}, {"true"}, "tools").code, 0);
}

}  // namespace
}  // namespace tests
