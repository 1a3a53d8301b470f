// Input that can't be run: one clear line, the right exit code, and nothing half-published.
#include <algorithm>
#include <filesystem>

#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ExecBadInput : public ExecTest {
 protected:
  // Runs quietly; the lines on standard error.
  std::vector<std::string> Lines(const std::vector<std::string>& arguments, int status) {
    std::vector<std::string> words = {"-q"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const ExecResult result = Exec(words);
    EXPECT_EQ(result.status, status) << result.all();
    std::vector<std::string> lines;
    const std::string& text = result.err;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      lines.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    ExpectNothingNew();
    return lines;
  }

  void ExpectNothingNew() const {
    EXPECT_THAT(Leftovers(), IsEmpty());
    EXPECT_THAT(Names("refs"), ElementsAre("busybox%3Alatest"));
  }

  // Makes an object of the repository as long as `size` bytes.
  void Truncate(const fs::path& file, uintmax_t size) const {
    fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
    fs::resize_file(file, size);
  }
  fs::path Objects() const { return repository_.path() / ".git" / "objects"; }
};

TEST_F(ExecBadInput, IsAFileThatIsNotYaml) {
  Pipeline("steps: [\n");

  EXPECT_THAT(Lines({}, 2),
              ElementsAre(AllOf(HasSubstr(".runner.yml:2:1"), HasSubstr("not YAML"))));
}

TEST_F(ExecBadInput, IsAnUnknownKeyWithTheKnownOneThatIsNear) {
  Pipeline("steps:\n  build: {image: busybox, run: make, limts: {pids: 1}}\n");

  EXPECT_THAT(Lines({}, 2),
              ElementsAre(AllOf(HasSubstr(".runner.yml:2:"), HasSubstr("step \"build\""),
                                HasSubstr("`limts`"), HasSubstr("did you mean `limits`?"))));
}

TEST_F(ExecBadInput, IsADirectoryWhosePipelineIsNotTheRepositorys) {
  const std::string steps = "steps: {a: {image: busybox, network: none, run: 'true'}}\n";
  Pipeline(steps);
  repository_.Write("part/.runner.yml", steps);
  repository_.Write("other/file", "");
  const std::string part = repository_.path() / "part";
  const ExecResult refused = Run(Command({"exec", part}));
  EXPECT_EQ(refused.status, 2) << refused.all();
  EXPECT_THAT(refused.err, HasSubstr("or --file part/.runner.yml"));
  ExpectNothingNew();
  EXPECT_EQ(Run(Command({"exec", part, "--file", "part/.runner.yml"})).status, 0);
  EXPECT_EQ(Run(Command({"exec", repository_.path() / "other"})).status, 0);
}

TEST_F(ExecBadInput, IsARepositoryWithoutAPipelineFile) {
  repository_.Write("README", "nothing here\n");

  EXPECT_THAT(Lines({}, 2), ElementsAre(HasSubstr("the repository has no .runner.yml")));
}

TEST_F(ExecBadInput, IsADirectoryThatIsNoRepository) {
  fs::remove_all(repository_.path() / ".git");

  EXPECT_THAT(Lines({}, 3),
              ElementsAre(AllOf(HasSubstr("isn't in a git repository"), HasSubstr("git init"))));
}

TEST_F(ExecBadInput, IsADirectoryThatDoesNotExist) {
  fs::remove_all(repository_.path());

  EXPECT_THAT(Lines({}, 2), ElementsAre(HasSubstr("no such directory")));
}

TEST_F(ExecBadInput, IsARevisionThatTheRepositoryDoesNotHave) {
  Pipeline("steps: {a: {image: busybox, run: 'true'}}");
  repository_.Commit("Begin");

  EXPECT_THAT(Lines({"--commit", "v9"}, 3), ElementsAre(HasSubstr("is named \"v9\"")));
}

TEST_F(ExecBadInput, IsARepositoryWithATruncatedObject) {
  Pipeline("steps: {a: {image: busybox, run: 'true'}}");
  repository_.Commit("Begin");
  const std::string id = repository_.Git({"rev-parse", "HEAD:.runner.yml"});
  Truncate(Objects() / id.substr(0, 2) / id.substr(2), 7);

  EXPECT_THAT(Lines({"--commit", "HEAD"}, 3),
              ElementsAre(AllOf(HasSubstr("step \"clone\""), HasSubstr("object"))));
}

TEST_F(ExecBadInput, IsARepositoryWithATruncatedPack) {
  Pipeline("steps: {a: {image: busybox, run: 'true'}}");
  repository_.Commit("Begin");
  repository_.Git({"gc", "--quiet"});
  for (const fs::directory_entry& entry : fs::directory_iterator(Objects() / "pack")) {
    if (entry.path().extension() == ".pack") {
      Truncate(entry.path(), 40);
    }
  }

  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>(), {"--commit", "HEAD"}, {"--commit", "main~0"}}) {
    EXPECT_THAT(Lines(arguments, 3),
                ElementsAre(AllOf(HasSubstr("step \"clone\""), HasSubstr("repository is broken"),
                                  HasSubstr("object"), HasSubstr("git fsck"))));
  }
}

TEST_F(ExecBadInput, IsAnEventThatDoesNotExist) {
  EXPECT_THAT(Lines({"--event", "commit"}, 2), ElementsAre(HasSubstr("expected push, tag")));
}

TEST_F(ExecBadInput, IsAVariableWithoutAValue) {
  EXPECT_THAT(Lines({"--env", "NAME"}, 2), ElementsAre(HasSubstr("expected NAME=VALUE")));
}

TEST_F(ExecBadInput, IsACopyOfWhatTheBuildDidNotMake) {
  Pipeline(R"(steps:
  package: {image-build: {from: busybox, copy: {out/: /}}})");

  const ExecResult result = Exec({"-q"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_THAT(result.out, AllOf(HasSubstr("step \"package\""), HasSubstr("out")));
  EXPECT_EQ(result.err, "");
  ExpectNothingNew();
}

}  // namespace
}  // namespace runner
