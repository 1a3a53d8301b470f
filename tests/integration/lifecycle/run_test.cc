// runner run -d, --name and --rm; create and start; what is kept, and until when.
#include <gmock/gmock.h>
#include <signal.h>

#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

class LifecycleRun : public LifecycleTest {};
using LimitLifecycleRun = LifecycleRun;

TEST_F(LifecycleRun, DetachedPrintsTheIdAndOutlivesTheCommand) {
  const std::string id = Start({}, "echo ready; exec sleep 1000");
  EXPECT_THAT(id, MatchesRegex("[0-9a-f]{12}"));
  AwaitLog(id, "ready");
  EXPECT_EQ(Status(id), "running");
  EXPECT_EQ(Ok({"ps", "-q"}), id);
}

TEST_F(LifecycleRun, DetachedIsInASessionOfItsOwn) {
  const std::string id = Start({}, "exec sleep 1000");
  const pid_t monitor = Monitor(id);
  EXPECT_EQ(::getsid(monitor), monitor);
  EXPECT_EQ(fs::read_symlink("/proc/" + std::to_string(monitor) + "/cwd"), "/");
  EXPECT_THAT(base::ReadFile("/proc/" + std::to_string(monitor) + "/environ"), IsEmpty());
}

TEST_F(LifecycleRun, DetachedTellsWhyAProgramCantBeRun) {
  const Output missing = Run({"-d", "--name", "missing"}, {"/no/such"});
  EXPECT_EQ(missing.code, 127);
  EXPECT_THAT(missing.errors, HasSubstr("/no/such: not found in the image"));
  EXPECT_EQ(Status("missing"), "created");
  EXPECT_EQ(Inspect("missing", "{{.State.ExitCode}}"), "127");
  EXPECT_EQ(Run({"-d"}, {"/etc/passwd"}).code, 126);
}

TEST_F(LifecycleRun, DetachedTellsWhyAContainerCantBeSetUp) {
  const Output output = Run({"-d", "--name", "bad", "-w", "/etc/passwd"}, {"true"});
  EXPECT_NE(output.code, 0);
  EXPECT_THAT(output.errors, HasSubstr("working directory"));
  EXPECT_THAT(Inspect("bad", "{{.State.Error}}"), HasSubstr("working directory"));
}

TEST_F(LifecycleRun, WithRemoveIsGoneAfterItsEnd) {
  const std::string id = Start({"--rm"}, "exec sleep 1000");
  EXPECT_EQ(Ok({"stop", "-t", "0", id}), id);
  EXPECT_THAT(Ok({"ps", "-aq"}), IsEmpty());
  EXPECT_FALSE(fs::exists(Kept(id)));
}

TEST_F(LifecycleRun, InTheForegroundPassesOutputAndExitCodeOn) {
  const Output output = Shell({"--name", "job"}, "echo out; echo err >&2; exit 7");
  EXPECT_EQ(output, (Output{7, "out\n", "err\n"}));
  EXPECT_EQ(Status("job"), "exited");
  EXPECT_EQ(Inspect("job", "{{.State.ExitCode}}"), "7");
}

TEST_F(LifecycleRun, InTheForegroundPassesInputOnToItsEnd) {
  const base::Pipe pipe = base::MakePipe();
  Process process(RunWords({"-i", "--name", "cat"}, {"sh", "-c", "cat; echo done"}),
                  pipe.read.get());
  base::WriteAll(pipe.write.get(), "typed\n", "the pipe");
  process.ReadUntil("typed");
  const_cast<base::Pipe&>(pipe).write.Reset();
  EXPECT_EQ(process.Wait().text, "typed\ndone\n");
}

TEST_F(LifecycleRun, InTheForegroundLosesNothingToASlowReader) {
  Process process(
      RunWords({"--rm", "--name", "much"}, {"sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x"}));
  // Nobody reads until the container has filled every pipe on the way.
  const Output output = process.Wait();
  EXPECT_EQ(output.text.size(), 3'000'000u);
  EXPECT_EQ(output.text.find_first_not_of('x'), std::string::npos);
}

TEST_F(LifecycleRun, InTheForegroundPassesSignalsOn) {
  Process process(RunWords({"--name", "sig"}, {"sh", "-c",
                                               "trap 'exit 5' USR1; echo ready; "
                                               "while :; do sleep 0.1; done"}));
  process.ReadUntil("ready");
  process.Signal(SIGUSR1);
  EXPECT_EQ(process.Wait().code, 5);
}

TEST_F(LifecycleRun, KeepsItsFilesUntilItIsRemoved) {
  EXPECT_EQ(Shell({"--name", "keeper"}, "cat /note 2>/dev/null; echo seen >> /note").text, "");
  EXPECT_EQ(Container({"start", "-a", "keeper"}).text, "seen\n");
  EXPECT_EQ(Container({"start", "-a", "keeper"}).text, "seen\nseen\n");
  Ok({"rm", "keeper"});
  EXPECT_EQ(Shell({"--name", "keeper"}, "cat /note 2>/dev/null").text, "");
}

TEST_F(LifecycleRun, WithoutANameAndInTheForegroundIsGone) {
  Run({}, {"true"});
  EXPECT_THAT(Ok({"ps", "-aq"}), IsEmpty());
}

TEST_F(LifecycleRun, RefusesANameThatIsTaken) {
  const std::string id = Start({"--name", "web"}, "exec sleep 1000");
  const Output second = Run({"-d", "--name", "web"}, {"true"});
  EXPECT_NE(second.code, 0);
  EXPECT_THAT(second.errors, HasSubstr("\"web\" is that of container " + id));
  EXPECT_EQ(Ok({"ps", "-aq"}), id);
}

TEST_F(LifecycleRun, RefusesNamesThatAreNone) {
  for (const std::string name : {"a", "-x", "../x", "a b", "a\nb", "x/y"}) {
    const Output output = Run({"-d", "--name=" + name}, {"true"});
    EXPECT_NE(output.code, 0) << name;
    EXPECT_THAT(output.errors, HasSubstr("expected a letter or digit")) << name;
  }
}

TEST_F(LifecycleRun, WritesTheIdToAFileThatMustBeNew) {
  const fs::path file = MakeDirectory("ids") / "id";
  const std::string id = Start({"--cidfile", file}, "exec sleep 1000");
  EXPECT_EQ(base::ReadFile(file), id);
  EXPECT_NE(Run({"-d", "--cidfile", file}, {"true"}).code, 0);
  EXPECT_EQ(Ok({"ps", "-aq"}), id);
}

TEST_F(LifecycleRun, AContainerThatCouldNotBeMadeLeavesNoIdFile) {
  const fs::path file = MakeDirectory("no-ids") / "id";
  EXPECT_EQ(
      Run({"-d", "--cidfile", file, "-v", (file / "none").string() + ":/data"}, {"true"}).code,
      125);
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(LifecycleRun, CreatedContainersStartLater) {
  const std::string id =
      Ok({"create", "--name", "later", "busybox", "sh", "-c", "echo on; exec sleep 1000"});
  EXPECT_EQ(Status(id), "created");
  EXPECT_EQ(Ok({"start", "later"}), "later");
  AwaitLog(id, "on");
  EXPECT_EQ(Status(id), "running");
  EXPECT_EQ(Ok({"start", "later"}), "later");  // It runs already: nothing to do.
}

TEST_F(LimitLifecycleRun, HoldsItsLimitsAndOptionsAcrossStarts) {
  Ok({"create", "--name", "limits", "--memory", "64m", "-e", "A=b c", "-u", "1000:1000",
      "--hostname", "box", "busybox", "sh", "-c",
      "id -u; hostname; echo $A; cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null; "
      "true"});
  for (int start = 0; start < 2; ++start) {
    EXPECT_THAT(Container({"start", "-a", "limits"}).text, HasSubstr("1000\nbox\nb c\n"));
  }
  EXPECT_EQ(Inspect("limits", "{{.HostConfig.Memory}}"), "67108864");
}

TEST_F(LifecycleRun, AMonitorIsSmall) {
  const std::string id = Start({}, "echo ready; exec sleep 1000");
  AwaitLog(id, "ready");
  const pid_t monitor = Monitor(id);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr int kMostKib = 64 << 10;  // The sanitizer's own memory is in it.
#else
  constexpr int kMostKib = 1024;
#endif
  for (const pid_t process : {monitor, ReaperOf(monitor)}) {
    const std::string text = base::ReadFile("/proc/" + std::to_string(process) + "/status");
    const size_t at = text.find("RssAnon:");
    ASSERT_NE(at, std::string::npos);
    EXPECT_LT(std::stoi(text.substr(at + 8)), kMostKib) << text;
  }
}

}  // namespace
}  // namespace tests
