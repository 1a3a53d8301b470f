// Every system call, asked of the filter in a container: seccomp_calls.txt has the answers.
#include <gmock/gmock.h>
#include <seccomp.h>

#include <map>
#include <sstream>

#include "runtime/base/files.h"
#include "runtime/container/seccomp_newer_calls.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;

constexpr int kEndOfNumbers = 600;  // Linux 6.18 ends at 469.

// uretprobe and uprobe of x86-64: the kernel's own return addresses, which it asks no filter about.
bool IsExempt(int number) { return number == 335 || number == 336; }

int NumberOf(const std::string& name) {
  for (const runtime::container::NewerCall& call : runtime::container::kNewerCalls) {
    if (name == call.name) {
      return call.number;
    }
  }
  return ::seccomp_syscall_resolve_name(name.c_str());
}

// "NUMBER ANSWER" by number, as the list has it.
std::map<int, std::string> Expected() {
  std::map<int, std::string> answers;
  for (int number = 0; number < kEndOfNumbers; ++number) {
    answers[number] = "ENOSYS";
  }
  const std::string path =
      std::string(std::getenv("RUNNER_SOURCE")) + "/tests/integration/container/seccomp_calls.txt";
  std::istringstream lines(base::ReadFile(path));
  std::string answer;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('[')) {
      answer = line.substr(1, line.find(']') - 1);
    } else if (!line.starts_with('#')) {
      std::istringstream names(line);
      for (std::string name; names >> name;) {
        const int number = NumberOf(name);
        EXPECT_NE(number, __NR_SCMP_ERROR) << name;
        if (number >= 0) {  // Else another architecture's.
          answers[number] = answer;
        }
      }
    }
  }
  std::erase_if(answers, [](const auto& entry) { return IsExempt(entry.first); });
  return answers;
}

// Those of both that differ.
void ExpectEqual(const std::map<int, std::string>& actual,
                 const std::map<int, std::string>& expected) {
  EXPECT_EQ(actual.size(), expected.size());
  for (const auto& [number, answer] : actual) {
    const auto found = expected.find(number);
    EXPECT_EQ(answer, found == expected.end() ? "not asked" : found->second) << "call " << number;
  }
}

class SeccompTable : public RunTest {
 protected:
  static std::map<int, std::string> Answers(const Words& options) {
    Words command = {"/probe/seccomp_probe"};
    for (int number = 0; number < kEndOfNumbers; ++number) {
      command.push_back(std::to_string(number));
    }
    Words all = options;
    all.insert(all.end(), {"-v", (build() / "tests" / "probe").string() + ":/probe:ro"});
    const Output output = Run(all, command);
    EXPECT_EQ(output.code, 0) << output.errors;
    std::map<int, std::string> answers;
    std::istringstream lines(output.text);
    int number = 0;
    for (std::string answer; lines >> number >> answer;) {
      if (!IsExempt(number)) {
        answers[number] = answer;
      }
    }
    return answers;
  }
};

TEST_F(SeccompTable, EveryCallHasItsAnswer) { ExpectEqual(Answers({}), Expected()); }

TEST_F(SeccompTable, AUserIsAnsweredTheSame) { ExpectEqual(Answers({"-u", "1000"}), Expected()); }

TEST_F(SeccompTable, TheFilterIsWhatAnswers) {
  for (const auto& [number, answer] : Answers({"--security-opt", "seccomp=unconfined"})) {
    EXPECT_EQ(answer, "allowed") << number;
  }
}

#if defined(__x86_64__)
TEST_F(SeccompTable, CallsOfTheX32AbiKill) {
  Words command = {"/probe/seccomp_probe"};
  std::string expected;
  for (int number = 0; number < kEndOfNumbers; number += 7) {
    command.push_back(std::to_string(0x40000000 + number));
    expected += command.back() + " SYS\n";
  }
  const Output output = Run({"-v", (build() / "tests" / "probe").string() + ":/probe:ro"}, command);
  EXPECT_EQ(output.text, expected) << output.errors;
}
#endif

}  // namespace
}  // namespace tests
