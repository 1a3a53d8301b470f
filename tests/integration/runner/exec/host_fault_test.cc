// A host that lacks something: a full disk, no privilege.

#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ExecHostFault : public ExecTest {
 protected:
  // Runs quietly with a state directory of 24 MB that holds busybox, after `prepare` was done
  // there; afterwards what is left in it is listed to standard error.
  ExecResult ExecOnSmallDisk(const std::string& prepare) {
    const std::string disk = Scratch("disk");
    runtime::base::MakeDirectories(disk);
    const std::string runner = Command({}).front();
    return Run({"unshare", "-m", "sh", "-c",
                "mount -t tmpfs -o size=24m tmpfs " + disk + " && " + runner + " image import -q " +
                    BusyboxArchive().string() + " busybox >/dev/null && cd " + disk + " && " +
                    prepare + "; " + runner + " exec -q " + repository_.path().string() +
                    "; status=$?; find containers tmp trash refs -mindepth 1 >&2; exit $status"},
               {{"RUNNER_ROOT", disk}});
  }
};

TEST_F(ExecHostFault, IsADiskThatTheCheckoutFills) {
  Pipeline("steps: {a: {image: busybox, run: 'true'}}");
  repository_.Write("big", std::string(20'000'000, 'x'));
  const ExecResult result = ExecOnSmallDisk("true");

  EXPECT_EQ(result.status, 3) << result.all();
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("step \"clone\""), HasSubstr("write big"),
                    testing::EndsWith("No space left on device\nrefs/busybox%3Alatest\n")));
}

TEST_F(ExecHostFault, IsADiskThatIsFullAlready) {
  Pipeline("steps: {a: {image: busybox, run: 'true'}}");
  const ExecResult result = ExecOnSmallDisk("dd if=/dev/zero of=fill bs=4096 2>/dev/null");

  EXPECT_EQ(result.status, 3) << result.all();
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("its record could not be kept"),
                    testing::EndsWith("No space left on device\nrefs/busybox%3Alatest\n")));
}

TEST_F(ExecHostFault, IsADiskThatAStepFills) {
  Pipeline(
      "steps: {a: {image: busybox, run: 'head -c 30000000 /dev/zero > big', limits: {disk: "
      "1GiB}}}");
  const ExecResult result = ExecOnSmallDisk("true");

  EXPECT_THAT(result.status, testing::AnyOf(1, 3)) << result.all();
  EXPECT_THAT(result.out, AllOf(HasSubstr("last lines of a:\n"), HasSubstr("is full")));
  EXPECT_THAT(result.err, testing::EndsWith("refs/busybox%3Alatest\n"));
}

// Without a limit of its own it may take half of what is free.
TEST_F(ExecHostFault, IsNoDiskThatAStepWouldFill) {
  Pipeline("steps: {a: {image: busybox, run: 'head -c 30000000 /dev/zero > big'}}");
  const ExecResult result = ExecOnSmallDisk("true");

  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_THAT(result.out, testing::ContainsRegex("it reached its limit of [0-9.]+ MiB of disk"));
}

TEST_F(ExecHostFault, IsAStateDirectoryOfSomebodyElse) {
  Pipeline("steps: {a: {image: busybox, run: 'true'}}");
  for (const std::string& state : {root().string(), Scratch("none").string()}) {
    // May read everything, so that it finds the program wherever it was built.
    std::vector<std::string> command = {"setpriv",
                                        "--reuid",
                                        "65534",
                                        "--regid",
                                        "65534",
                                        "--clear-groups",
                                        "--inh-caps=-all,+dac_read_search",
                                        "--ambient-caps=-all,+dac_read_search"};
    for (const std::string& word : Command({"exec", "/"})) {
      command.push_back(word);
    }
    const ExecResult result = Run(command, {{"RUNNER_ROOT", state}});
    EXPECT_EQ(result.status, 3);
    EXPECT_THAT(result.err, AllOf(HasSubstr(state), HasSubstr("--root")));
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << "one line";
  }
}

}  // namespace
}  // namespace runner
