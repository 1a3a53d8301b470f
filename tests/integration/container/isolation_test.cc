// Namespaces, ids and what of the host a container can see.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
using testing::HasSubstr;
using testing::Not;

class Isolation : public RunTest {};

std::string HostNamespace(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/ns/" + name);
}

TEST_F(Isolation, EveryNamespaceIsItsOwn) {
  for (const char* name : {"pid", "net", "ipc", "uts", "mnt", "user", "cgroup"}) {
    const std::string inside = Text(std::string("readlink /proc/self/ns/") + name);
    EXPECT_THAT(inside, HasSubstr(":[")) << name;
    EXPECT_NE(inside, HostNamespace(name)) << name;
  }
}

TEST_F(Isolation, HostNetworkSharesThatNamespaceAlone) {
  EXPECT_EQ(Text({"--network", "host"}, "readlink /proc/self/ns/net"), HostNamespace("net"));
  EXPECT_NE(Text({"--network", "host"}, "readlink /proc/self/ns/user"), HostNamespace("user"));
}

// Without root it is the ordinary user: the host's root in neither case.
TEST_F(Isolation, RootInsideIsNobodyOutside) {
  Process process(RunWords({}, {"sh", "-c", "echo ready; exec sleep 1000"}));
  process.ReadUntil("ready");
  const std::string children = base::ReadFile("/proc/" + std::to_string(process.pid()) + "/task/" +
                                              std::to_string(process.pid()) + "/children");
  bool init_seen = false;
  for (size_t at = 0; at < children.size(); at = children.find(' ', at) + 1) {
    const std::string pid = children.substr(at, children.find(' ', at) - at);
    const std::string status = base::ReadFile("/proc/" + pid + "/status");
    if (status.find("NSpid:\t" + pid + "\t1\n") != std::string::npos) {
      init_seen = true;
      const std::string id = std::to_string(HostId(0));
      const std::string ids = "\t" + id + "\t" + id + "\t" + id + "\t" + id + "\n";
      EXPECT_THAT(status, HasSubstr("Uid:" + ids));
      EXPECT_THAT(status, HasSubstr("Gid:" + ids));
    }
  }
  EXPECT_TRUE(init_seen) << children;
}

TEST_F(Isolation, FilesInAVolumeHaveTheirOwnersOnDisk) {
  const std::filesystem::path directory = MakeDirectory("owners");
  Text({"-v", directory.string() + ":/out"},
       "echo x > /out/root; touch /out/user; "
       "chown 1000:100 /out/user");
  struct stat st;
  ASSERT_EQ(::stat((directory / "root").c_str(), &st), 0);
  EXPECT_EQ(st.st_uid, DiskId(0));
  ASSERT_EQ(::stat((directory / "user").c_str(), &st), 0);
  EXPECT_EQ(st.st_uid, DiskId(1000));
  EXPECT_EQ(st.st_gid, DiskId(100));
}

TEST_F(Isolation, NoMountOfTheHostIsLeft) {
  EXPECT_EQ(Text("cut -d' ' -f2 /proc/self/mounts | grep -vE '^/(dev|etc|proc|sys)(/|$)'"), "/");
  EXPECT_EQ(Text("cd /..; pwd -P; ls -d /../bin"), "/\n/../bin");
}

TEST_F(Isolation, OnlyOwnProcessesAreVisible) {
  EXPECT_EQ(Text("echo /proc/[0-9]*"), "/proc/1 /proc/2");  // init and the shell
}

TEST_F(Isolation, NothingButTheThreeStandardDescriptorsIsOpen) {
  // Descriptor 3 is ls's own, of the directory.
  EXPECT_EQ(Text("ls /proc/self/fd"), "0\n1\n2\n3");
}

TEST_F(Isolation, DescriptorsOfTheCallerStayOutside) {
  Words command = {"sh", "-c", "exec \"$@\" 7</etc/passwd 9</", "sh"};
  const Words run = RunWords({}, {"ls", "/proc/self/fd"});
  command.insert(command.end(), run.begin(), run.end());
  const Output output = RunToEnd(command);
  EXPECT_EQ(output.text, "0\n1\n2\n3\n") << output.errors;
}

TEST_F(Isolation, WorkingDirectoryIsInsideTheRoot) {
  EXPECT_EQ(Text("pwd -P"), "/");
  EXPECT_EQ(Text({"-w", "/made/on/demand"}, "pwd -P"), "/made/on/demand");
}

TEST_F(Isolation, HostEnvironmentStaysOutside) {
  ::setenv("CANARY_OF_THE_HOST", "secret", 1);
  const std::string plain = Text("env; cat /proc/1/environ 2>/dev/null || true");
  EXPECT_THAT(plain, Not(HasSubstr("CANARY")));
  EXPECT_THAT(plain, Not(HasSubstr("RUNNER_")));
  // Only by name, and a name without a value outside gives none inside.
  EXPECT_EQ(
      Text({"-e", "CANARY_OF_THE_HOST", "-e", "NOT_SET_OUTSIDE"}, "env | grep -E 'CANARY|NOT_SET'"),
      "CANARY_OF_THE_HOST=secret");
  ::unsetenv("CANARY_OF_THE_HOST");
}

// CVE-2024-23897.
TEST_F(Isolation, AnAtSignReadsNoFileOfTheHost) {
  const std::filesystem::path file = MakeDirectory("at") / "file";
  base::WriteFileAtomically(file, "canary=canary", base::Durability::kNoFlush, 0644);
  const std::string at = "@" + file.string();
  EXPECT_EQ(Run({"-e", "A=" + at}, {"sh", "-c", "echo \"$A $0\"", at}).text, at + " " + at + "\n");
  for (const Words& words : {Words{at}, Words{"run", at}, Words{"run", "busybox", at},
                             Words{"run", "-e", at, "busybox", "env"}, Words{"image", "ls", at}}) {
    const Output output = RunToEnd(Runner(words));
    EXPECT_THAT(output.text + output.errors, Not(HasSubstr("canary")));
  }
}

TEST_F(Isolation, TwoContainersDoNotSeeEachOther) {
  Process first(
      RunWords({"--hostname", "one"}, {"sh", "-c", "echo a > /tmp/a; echo ready; sleep 1000"}));
  first.ReadUntil("ready");
  EXPECT_EQ(Text({"--hostname", "two"}, "hostname; ls /tmp; ps | grep -c '[s]leep' || true"),
            "two\n0");
}

}  // namespace
}  // namespace tests
