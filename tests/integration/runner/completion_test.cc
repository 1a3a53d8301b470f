// `runner completion bash`, in a real bash: what is proposed behind some words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/command.h"

namespace runner {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

std::string Bin() { return std::string(std::getenv("RUNNER_BUILD")) + "/bin"; }

// What bash proposes when the last of these words is being written.
std::vector<std::string> Proposed(const std::string& words, int cursor) {
  const std::string script =
      "PATH=" + Bin() + ":$PATH; source <(runner completion bash); COMP_WORDS=(" + words +
      "); COMP_CWORD=" + std::to_string(cursor) + "; _runner; printf '%s\\n' \"${COMPREPLY[@]}\"";
  std::vector<std::string> lines;
  std::istringstream output(tests::RunCommand({"bash", "-c", script}).output);
  for (std::string line; std::getline(output, line);) {
    lines.push_back(line);
  }
  return lines;
}

TEST(Completion, ProposesVerbs) {
  EXPECT_THAT(Proposed("runner ''", 1), IsSupersetOf({"exec", "run", "container", "lint"}));
  EXPECT_THAT(Proposed("runner ex", 1), testing::ElementsAre("exec"));
  EXPECT_THAT(Proposed("runner container st", 2), IsSupersetOf({"start", "stop", "stats"}));
}

TEST(Completion, ProposesTheOptionsOfAVerb) {
  EXPECT_THAT(Proposed("runner exec --e", 2),
              AllOf(IsSupersetOf({"--event", "--env"}), Each(StartsWith("--e"))));
  EXPECT_THAT(Proposed("runner container ls --", 3), Contains("--json"));
  EXPECT_THAT(Proposed("runner lint --fix --", 3), Contains("--json"));
  EXPECT_THAT(Proposed("runner run -", 2), AllOf(Contains("-v"), Contains("--volume")));
}

TEST(Completion, NeverProposesItsOwnSecretWord) {
  EXPECT_THAT(Proposed("runner exec --", 2), Not(Contains("--completion-words")));
}

TEST(Completion, HasAScriptForEachShell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const tests::CommandResult result = tests::RunCommand({Bin() + "/runner", "completion", shell});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.output, testing::HasSubstr("--completion-words"));
  }
  EXPECT_EQ(tests::RunCommand({Bin() + "/runner", "completion", "tcsh"}).status, 2);
}

}  // namespace
}  // namespace runner
