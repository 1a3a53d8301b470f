#include "pipeline/diagnostic_help.h"

#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include "runtime/base/files.h"
#include "tests/unit/pipeline/source_files.h"

namespace pipeline {
namespace {

// "E104" of each place in our code that adds such a finding.
std::set<std::string> CodesInUse() {
  std::set<std::string> codes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Source() / "pipeline")) {
    if (entry.path().extension() != ".cc" || entry.path().stem() == "diagnostic_help") {
      continue;
    }
    const std::string code = runtime::base::ReadFile(entry.path());
    for (size_t at = code.find("\"E"); at != std::string::npos; at = code.find("\"E", at + 1)) {
      if (code.size() > at + 5 && code[at + 5] == '"' && std::isdigit(code[at + 2]) != 0) {
        codes.insert(code.substr(at + 1, 4));
      }
    }
  }
  return codes;
}

TEST(DiagnosticHelp, ExplainsEveryCodeThatIsUsedAndNoOther) {
  std::set<std::string> explained;
  for (const CodeHelp& help : CodeHelps()) {
    explained.insert(std::string(help.code));
    EXPECT_EQ(FindCodeHelp(help.code), &help);
  }
  EXPECT_EQ(explained, CodesInUse());
}

TEST(DiagnosticHelp, IsTheTableOfTheDocumentation) {
  std::string rows;
  for (const CodeHelp& help : CodeHelps()) {
    rows += "| " + std::string(help.code) + " | " + std::string(help.what) + " | " +
            std::string(help.advice) + " |\n";
  }
  std::string documented;
  const std::string page = runtime::base::ReadFile(Source() / "docs/pipeline-diagnostics.md");
  for (size_t at = page.find("| E"); at != std::string::npos; at = page.find("| E", at + 1)) {
    documented += page.substr(at, page.find('\n', at) + 1 - at);
  }
  EXPECT_EQ(documented, rows);
}

}  // namespace
}  // namespace pipeline
