// Files in import/SYSTEM/ are what users of that system have. NAME.yml says in lines "# note LINE"
// where something is left out; NAME.runner is what is made of it.
#include "pipeline/import/import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>

#include "pipeline/pipeline_file.h"
#include "runtime/base/files.h"

namespace pipeline {
namespace {

namespace fs = std::filesystem;

fs::path Folder() { return fs::path(std::getenv("RUNNER_SOURCE")) / "tests/unit/pipeline/import"; }

std::vector<fs::path> Files(const std::string& system) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(Folder() / system)) {
    if (entry.path().extension() == ".yml") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::set<int> NotedLines(const std::string& text) {
  std::set<int> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("# note ")) {
      lines.insert(std::stoi(line.substr(7)));
    }
  }
  return lines;
}

Imported Import(const std::string& system, const std::string& text) {
  return ImportPipeline(ParseForeignSystem(system).value(), text, "ci.yml");
}

class ImportOf : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Systems, ImportOf,
                         testing::Values("github", "gitlab", "woodpecker", "drone"));

TEST_P(ImportOf, WritesFilesThatPassTheLinter) {
  const std::vector<fs::path> files = Files(GetParam());
  EXPECT_GE(files.size(), 5U);
  for (const fs::path& file : files) {
    const Imported imported = Import(GetParam(), runtime::base::ReadFile(file));
    EXPECT_NE(imported.text, "") << file;
    for (const Diagnostic& finding : ParsePipelineFile(imported.text, "written").diagnostics) {
      ADD_FAILURE() << file << "\n" << Format(finding, imported.text);
    }
  }
}

TEST_P(ImportOf, MeansWhatTheFileMeant) {
  for (fs::path file : Files(GetParam())) {
    const Imported imported = Import(GetParam(), runtime::base::ReadFile(file));
    EXPECT_EQ(imported.text, runtime::base::ReadFile(file.replace_extension(".runner"))) << file;
  }
}

TEST_P(ImportOf, NotesInWhichLinesItLeavesSomethingOut) {
  for (const fs::path& file : Files(GetParam())) {
    const std::string text = runtime::base::ReadFile(file);
    std::set<int> noted;
    std::string shown;
    for (const Diagnostic& note : Import(GetParam(), text).notes) {
      noted.insert(note.line);
      shown += Format(note, text);
    }
    EXPECT_EQ(noted, NotedLines(text)) << file << "\n" << shown;
  }
}

TEST(Import, WritesNothingForAFileWithoutSteps) {
  for (const char* text : {"", "[]", "a: b", "jobs: {}", "steps: []", "steps: {a: b}", "- - -"}) {
    for (const char* system : {"github", "gitlab", "woodpecker", "drone"}) {
      EXPECT_EQ(Import(system, text).text, "") << system << ": " << text;
      EXPECT_FALSE(Import(system, text).notes.empty()) << system << ": " << text;
    }
  }
}

// What another system would put in place is text here, not ours to evaluate.
TEST(Import, MakesNoExpressionOfForeignText) {
  const std::string text =
      "steps:\n- {name: a, image: x, commands: ['echo ${{ branch }}'], "
      "environment: {A: '${{ steps.b.image }}'}}\n";
  for (const char* system : {"woodpecker", "drone"}) {
    const Imported imported = Import(system, text);
    EXPECT_NE(imported.text, "");
    EXPECT_EQ(imported.text.find("${{"), std::string::npos) << imported.text;
  }
}

TEST(Import, NeverRunsAStepWhoseConditionItCantSay) {
  const std::string text =
      "steps:\n- {name: a, image: x, commands: [make], when: {cron: nightly}}\n";
  const PipelineFile file = ParsePipelineFile(Import("drone", text).text, "f").file.value();
  ASSERT_TRUE(file.steps.at(0).condition);
  EXPECT_EQ(file.steps.at(0).condition->text(), "false");
}

}  // namespace
}  // namespace pipeline
