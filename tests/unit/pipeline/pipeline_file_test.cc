// Files in faulty/ say what must be found in them: lines "# expect LINE:COLUMN CODE".
// Files in valid/ must have no finding.
#include "pipeline/pipeline_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "pipeline/key_table.h"
#include "runtime/base/files.h"
#include "tests/unit/pipeline/source_files.h"

namespace pipeline {
namespace {

std::vector<std::string> Expected(const std::string& text) {
  std::vector<std::string> expected;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# expect ")) {
      expected.push_back(line.substr(9));
    }
  }
  std::sort(expected.begin(), expected.end());
  return expected;
}

std::string Messages(const std::string& text) {
  std::string all;
  for (const Diagnostic& finding : ParsePipelineFile(text, "f").diagnostics) {
    all += finding.message + "\n";
  }
  return all;
}

PipelineFile Valid(const std::string& text) {
  ParsedFile parsed = ParsePipelineFile(text, "f");
  for (const Diagnostic& finding : parsed.diagnostics) {
    ADD_FAILURE() << Format(finding, text);
  }
  return parsed.file.value_or(PipelineFile());
}

TEST(PipelineFile, FindsEveryFaultInOnePass) {
  for (const auto& file : FilesIn("faulty")) {
    const std::string text = runtime::base::ReadFile(file);
    const ParsedFile parsed = ParsePipelineFile(text, file.filename());
    std::vector<std::string> found;
    std::string shown;
    for (const Diagnostic& finding : parsed.diagnostics) {
      found.push_back(std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " +
                      finding.code);
      shown += Format(finding, text);
    }
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, Expected(text)) << shown;
    EXPECT_FALSE(parsed.file) << file;
  }
}

TEST(PipelineFile, HasNoFindingInValidFiles) {
  for (const auto& file : FilesIn("valid")) {
    const std::string text = runtime::base::ReadFile(file);
    for (const Diagnostic& finding : ParsePipelineFile(text, file.filename()).diagnostics) {
      ADD_FAILURE() << Format(finding, text);
    }
  }
}

TEST(PipelineFile, HasAScenarioForEveryKey) {
  std::string scenarios;
  for (const auto& entry : std::filesystem::directory_iterator(Source() / "tests/scenarios")) {
    const std::string name = entry.path().filename();
    if (name.ends_with(".yml") && !name.ends_with(".expect.yml")) {
      scenarios += runtime::base::ReadFile(entry.path());
    }
  }
  for (const Key& key : Keys()) {
    if (key.status != KeyStatus::kLater) {
      EXPECT_NE(scenarios.find(std::string(key.name) + ":"), std::string::npos)
          << key.name << " of " << ToString(key.section);
    }
  }
}

TEST(PipelineFile, BoundsNamesOfGroupsAndNumbersOfSchedules) {
  const std::string steps = "\nsteps: {a: {image: x, run: y}}";
  EXPECT_EQ(Messages("concurrency: " + std::string(4'096, 'x') + steps), "");
  EXPECT_NE(Messages("concurrency: " + std::string(500'000, 'x') + steps).find("500000 bytes long"),
            std::string::npos);
  EXPECT_NE(Messages("concurrency: {group: " + std::string(4'097, 'x') + "}" + steps)
                .find("at most 4096"),
            std::string::npos);
  std::string times;
  for (int minute = 0; minute < 20; ++minute) {
    times += "\"" + std::to_string(minute) + " * * * *\", ";
  }
  EXPECT_EQ(Messages("on: {schedule: [" + times + "]}" + steps), "");
  EXPECT_NE(Messages("on: {schedule: [" + times + "\"* * * * *\"]}" + steps).find("21 schedules"),
            std::string::npos);
}

// What can't be done yet must not be taken for done.
TEST(PipelineFile, RefusesKeysOfALaterVersion) {
  const ParsedFile parsed =
      ParsePipelineFile("steps: {a: {image: x, run: y, tests: {junit: r.xml, retry: 2}}}\n", "f");
  ASSERT_EQ(parsed.diagnostics.size(), 1u);
  EXPECT_EQ(parsed.diagnostics[0].code, "E103");
}

TEST(PipelineFile, SuggestsTheNameThatWasMeant) {
  EXPECT_NE(Messages("steps: {a: {imag: x, run: y}}").find("did you mean `image`?"),
            std::string::npos);
  EXPECT_NE(Messages("steps: {a: {image: x, run: y, allow_failure: true}}")
                .find("did you mean `allow-failure`?"),
            std::string::npos);
  EXPECT_NE(Messages("steps:\n  build: {image: x, run: y}\n  b: {image: x, run: y, needs: biuld}")
                .find("did you mean \"build\"?"),
            std::string::npos);
}

TEST(PipelineFile, NamesItsOwnKeyForAForeignOne) {
  EXPECT_NE(Messages("steps: {a: {image: x, run: y, runs-on: z}}").find("write `image:`"),
            std::string::npos);
  EXPECT_NE(Messages("steps: {a: {image: x, run: y}}\njobs: {}").find("write `steps:`"),
            std::string::npos);
}

TEST(PipelineFile, CompilesRunToAShellThatEchoesAndStops) {
  const PipelineFile file = Valid("steps:\n  a: {image: x, run: [\"one\", \"two\"]}\n");
  const auto& command = std::get<CommandAction>(file.steps[0].action);
  std::vector<std::string> argv;
  for (const Template& text : command.argv_source) {
    argv.push_back(text.text());
  }
  EXPECT_EQ(argv, (std::vector<std::string>{"/bin/sh", "-e", "-x", "-c", "one\ntwo"}));
  EXPECT_TRUE(command.needs_shell);
}

TEST(PipelineFile, ReadsUnits) {
  const PipelineFile file = Valid(
      "timeout: 1h30m\nsteps:\n  a: {image: x, run: y, timeout: 90s, limits: {cpu: 1.5, memory: "
      "1GiB, pids: 512}}\n");
  EXPECT_EQ(file.timeout, std::chrono::minutes(90));
  EXPECT_EQ(file.steps[0].timeout, std::chrono::seconds(90));
  const Limits& limits = std::get<CommandAction>(file.steps[0].action).limits;
  EXPECT_EQ(limits.cpus, 1.5);
  EXPECT_EQ(limits.memory_bytes, 1u << 30);
  EXPECT_EQ(limits.pids, 512u);
}

TEST(PipelineFile, TellsANetworkThatIsAskedForFromNone) {
  const PipelineFile file = Valid(
      "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y, network: job}\n"
      "  c: {image: x, run: y, egress: [\"[2001:db8::1]:443\", \"host:80\"]}\n"
      "  d: {image: x, run: y, egress: []}\n");
  const auto command = [&](size_t i) { return std::get<CommandAction>(file.steps[i].action); };
  EXPECT_FALSE(command(0).network);
  EXPECT_FALSE(command(0).egress);
  EXPECT_EQ(command(1).network, Network::kJob);
  EXPECT_EQ(*command(2).egress, (std::vector<EgressTarget>{{"2001:db8::1", 443}, {"host", 80}}));
  EXPECT_TRUE(command(3).egress->empty());
}

TEST(PipelineFile, MakesAStepWaitForTheOneBefore) {
  const PipelineFile file = Valid(
      "steps:\n- {name: a, image: x, run: y}\n- {name: b, image: x, run: y}\n"
      "- {name: c, image: x, run: y, needs: []}\n- {name: d, image: x, run: y, needs: [a, c]}\n");
  EXPECT_EQ(file.steps[1].needs, std::vector<size_t>{0});
  EXPECT_EQ(file.steps[2].needs, std::vector<size_t>{});
  EXPECT_EQ(file.steps[3].needs, (std::vector<size_t>{0, 2}));
}

TEST(PipelineFile, MakesAStepWaitForTheImageThatItMentions) {
  const PipelineFile file = Valid(
      "steps:\n  t: {image: \"${{ steps.p.image }}\", run: y, needs: []}\n"
      "  p: {image-build: {from: x}, needs: []}\n");
  EXPECT_EQ(file.steps[0].needs, std::vector<size_t>{1});
}

TEST(PipelineFile, MakesAPushWaitForEveryStepBeforeIt) {
  const PipelineFile file = Valid(
      "steps:\n  p: {image-build: {from: x}}\n  t1: {image: x, run: y, needs: []}\n"
      "  t2: {image: x, run: y, needs: [p]}\n"
      "  push: {needs: [p], push: {image: \"${{ steps.p.image }}\", to: r.io/x}}\n");
  EXPECT_EQ(file.steps[3].needs, (std::vector<size_t>{0, 1, 2}));
}

TEST(PipelineFile, ReadsTenThousandSteps) {
  std::string text = "steps:\n";
  for (int i = 0; i < 10'000; ++i) {
    text += "  s" + std::to_string(i) + ": {image: debian:12, run: make, env: {A: b}}\n";
  }
  EXPECT_EQ(Valid(text).steps.size(), 10'000u);
}

TEST(PipelineFile, ReportsAHundredFindingsWhenEveryLineIsWrong) {
  std::string text = "steps:\n";
  for (int i = 0; i < 10'000; ++i) {
    text += "  step-number-" + std::to_string(i) + ": {image: x, run: y, needs: step-numbre-1}\n";
  }
  EXPECT_EQ(ParsePipelineFile(text, "f").diagnostics.size(), 101u);
}

TEST(Format, ShowsTheLineAndACaretBelowTheFault) {
  EXPECT_EQ(Format({"f.yml", 2, 6, "E101", "wrong"}, "a: 1\n\xC3\xA4 b\tc d\n"),
            "f.yml:2:6 E101 wrong\n  \xC3\xA4 b c d\n      ^\n");
}

TEST(Format, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(Format({"f", 1, 1, "E1", "bad \x1b[2J"}, "").find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace pipeline
