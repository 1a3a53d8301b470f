#include "runner/first_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "pipeline/pipeline_file.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Files = std::map<std::string, std::string>;

class FirstPipelineTest : public testing::Test {
 protected:
  // What is proposed for a directory with these files.
  pipeline::DraftPipeline Propose(const Files& files) {
    const runtime::base::TemporaryDirectory directory(testing::TempDir(), "init");
    const std::filesystem::path project = directory.path() / "My App";
    runtime::base::MakeDirectories(project);
    for (const auto& [name, text] : files) {
      runtime::base::WriteFileAtomically(project / name, text, runtime::base::Durability::kNoFlush);
    }
    return ProposePipeline(LookAtProject(project));
  }

  static std::vector<std::string> Names(const pipeline::DraftPipeline& draft) {
    std::vector<std::string> names;
    for (const pipeline::DraftStep& step : draft.steps) {
      names.push_back(step.name);
    }
    return names;
  }
};

const Files kMakefile = {
    {"Makefile",
     "CC := gcc\n.PHONY: all test\nall: app\napp: a.c\n\techo x: y\ntest check: app\n"
     "install: app\n"}};
const Files kCmake = {{"CMakeLists.txt", "project(x)\n"}};
const Files kNode = {{"package.json", R"({"scripts": {"build": "tsc", "test": "jest"}})"},
                     {"package-lock.json", "{}"}};
const Files kGo = {{"go.mod", "module x\n\ngo 1.22\n"}};
const Files kRust = {{"Cargo.toml", "[workspace]\n[package]\nname = \"hu-bot\"\n"}};
const Files kPython = {{"pyproject.toml", "[project]\nname = 'x'\n"}};
const Files kDockerfile = {
    {"Makefile", "install:\n"},
    {"Dockerfile", "FROM golang:1 AS b\nFROM --platform=x alpine:3\nCOPY a b\n"}};

TEST_F(FirstPipelineTest, PassesTheLinterWhateverIsThere) {
  for (const Files& files : {Files(), kMakefile, kCmake, kNode, kGo, kRust, kPython, kDockerfile,
                             Files{{"Makefile", ""},
                                   {"package.json", "not json"},
                                   {"go.mod", ""},
                                   {"Cargo.toml", ""},
                                   {"Dockerfile", "FROM $BASE\n"}},
                             Files{{"package.json", std::string(4u << 20, '[')},
                                   {"Makefile", "install: x\n" + std::string(100'000, ':')},
                                   {"Dockerfile", "FROM x\"'}:#\x1b[2J\n"}}}) {
    const std::string text = WriteDraft(Propose(files));
    for (const pipeline::Diagnostic& finding :
         pipeline::ParsePipelineFile(text, "proposal").diagnostics) {
      ADD_FAILURE() << Format(finding, text) << text;
    }
    EXPECT_THAT(text, HasSubstr("CHECK"));
  }
}

TEST_F(FirstPipelineTest, BuildsTestsPackagesAndPushes) {
  for (const Files& files : {kMakefile, kCmake, kNode, kGo, kRust, kPython}) {
    EXPECT_THAT(Names(Propose(files)), ElementsAre("build", "test", "package", "push"));
  }
}

TEST_F(FirstPipelineTest, TakesTheMakefileFirst) {
  Files files = kMakefile;
  files.insert(kGo.begin(), kGo.end());
  const pipeline::DraftPipeline draft = Propose(files);
  EXPECT_EQ(draft.steps.at(0).image, "golang:1.22");
  EXPECT_EQ(draft.steps.at(0).run, "make\nmake install DESTDIR=\"$PWD/out\"");
  EXPECT_EQ(draft.steps.at(1).run, "make test");
}

TEST_F(FirstPipelineTest, ProposesOnlyWhatTheMakefileHas) {
  EXPECT_THAT(Names(Propose({{"Makefile", "build: x\n"}})), ElementsAre("build"));
  EXPECT_EQ(Propose({{"Makefile", "build: x\n"}}).steps.at(0).run, "make build");
  EXPECT_EQ(Propose({{"Makefile", "check: x\n"}}).steps.at(1).run, "make check");
}

TEST_F(FirstPipelineTest, ShipsOnTheBaseOfTheDockerfile) {
  EXPECT_EQ(Propose(kDockerfile).steps.at(1).from, "alpine:3");
}

TEST_F(FirstPipelineTest, NamesTheRepositoryOfTheImageAsTheDirectory) {
  EXPECT_EQ(Propose(kMakefile).steps.at(3).push_to, "registry.example.org/my-app");
}

TEST_F(FirstPipelineTest, RefusesADirectoryThatIsNotThere) {
  EXPECT_THROW(LookAtProject(testing::TempDir() + "/nowhere"), runtime::base::Error);
}

}  // namespace
}  // namespace runner
