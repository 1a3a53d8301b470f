// `volumes` of a step: what it mounts beside its workspace.
#include <filesystem>

#include "runtime/base/files.h"
#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

using ExecVolumes = ExecTest;

TEST_F(ExecVolumes, ThatAreNamedOutliveRunsAndAreOfOneRepository) {
  Pipeline(R"(steps:
  count: {image: busybox, volumes: ["deps:/deps"], run: "echo x >>/deps/file; wc -l </deps/file"})");
  ASSERT_EQ(Exec().status, 0);
  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("count"), HasSubstr("2"));
  EXPECT_THAT(Names("volumes"), SizeIs(1));

  const tests::GitRepository other(Scratch("other"));
  other.Write(".runner.yml", runtime::base::ReadFile(repository_.path() / ".runner.yml"));
  other.Commit("first");
  const ExecResult elsewhere = Run(Command({"exec", other.path(), "-q"}));
  EXPECT_EQ(elsewhere.status, 0) << elsewhere.all();
  EXPECT_THAT(Names("volumes"), SizeIs(2));
}

TEST_F(ExecVolumes, ThatAreReadOnlyAreNotWritten) {
  Pipeline(R"(steps:
  write: {image: busybox, volumes: ["deps:/deps:ro"], run: "echo x >/deps/file"})");
  EXPECT_THAT(Exec().all(), HasSubstr("Read-only file system"));
}

TEST_F(ExecVolumes, InMemoryAreEmptyOfTheirSizeAndGoWithTheStep) {
  Pipeline(R"(steps:
  first: {image: busybox, volumes: ["tmpfs:/scratch:1MiB"], run: "df -k /scratch; echo x >/scratch/file"}
  second: {image: busybox, volumes: ["tmpfs:/scratch:1MiB"], run: "test -z \"$(ls /scratch)\""})");
  const ExecResult result = Exec();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("first"), HasSubstr(" 1024 "));
}

TEST_F(ExecVolumes, OfTheWorkspaceShowADirectoryOfItAtASecondPlace) {
  repository_.Write("src/a.txt", "a");
  Pipeline(R"(steps:
  write: {image: busybox, volumes: ["./src:/elsewhere"], run: "cat /elsewhere/a.txt; echo b >/elsewhere/b.txt"}
  read: {image: busybox, volumes: ["./src:/elsewhere:ro"], run: "cat src/b.txt; ! echo c >/elsewhere/c.txt"})");
  const ExecResult result = Exec();
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(ExecVolumes, OfTheWorkspaceNeverLeadOutOfIt) {
  std::filesystem::create_symlink("/etc", repository_.path() / "link");
  Pipeline(R"(steps:
  link: {image: busybox, volumes: ["./link:/elsewhere"], run: "ls /elsewhere"})");
  const ExecResult link = Exec();
  EXPECT_EQ(link.status, 1);
  EXPECT_THAT(link.out, HasSubstr("./link isn't a directory of the workspace"));
}

TEST_F(ExecVolumes, OfTheHostAreThoseThatItsUserAllows) {
  const std::filesystem::path shown = Scratch("shown");
  std::filesystem::create_directories(shown / "sdk");
  runtime::base::WriteFileAtomically(shown / "sdk/file", "of the host",
                                     runtime::base::Durability::kNoFlush, 0644);
  std::filesystem::create_symlink("/etc", shown / "way-out");
  const auto pipeline = [&](const char* path) {
    Pipeline("steps:\n  a: {image: busybox, volumes: [\"" + (shown / path).string() +
             ":/sdk:ro\"], run: cat /sdk/file}");
  };

  pipeline("sdk");
  const ExecResult refused = Exec();
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.out, HasSubstr("isn't allowed to pipelines; --volume-allow"));
  const ExecResult allowed = Exec({"--volume-allow", shown.string()});
  EXPECT_EQ(allowed.status, 0) << allowed.all();
  EXPECT_THAT(Log("a"), HasSubstr("of the host"));
  pipeline("way-out");
  EXPECT_THAT(Exec({"--volume-allow", shown.string()}).out, HasSubstr("isn't allowed"));
}

}  // namespace
}  // namespace runner
