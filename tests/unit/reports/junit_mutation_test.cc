// Broken variants of real reports, from a fixed seed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "reports/junit_writer.h"
#include "reports/test_summary.h"
#include "runtime/base/files.h"
#include "tests/unit/reports/junit_testing.h"

namespace reports {
namespace {

class Mutator {
 public:
  std::string Change(std::string text) {
    for (size_t n = 1 + random_() % 6; n > 0 && !text.empty(); --n) {
      const size_t at = random_() % text.size();
      const size_t length = random_() % std::min<size_t>(text.size() - at, 40);
      switch (random_() % 5) {
        case 0:
          text[at] = static_cast<char>(random_());
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(at, text.substr(random_() % text.size(), length));
          break;
        case 3:
          text.insert(at, kPieces[random_() % kPieces.size()]);
          break;
        default:
          text.resize(random_() % 20 == 0 ? at : text.size());
          break;
      }
    }
    return text;
  }

 private:
  static constexpr std::array<const char*, 12> kPieces = {"<testcase name='x'>",
                                                          "</testcase>",
                                                          "<failure>",
                                                          "</failure>",
                                                          "<![CDATA[",
                                                          "]]>",
                                                          "<!--",
                                                          "&#27;",
                                                          "\x1b[31m",
                                                          "\xF0\x9F",
                                                          "<!DOCTYPE a [",
                                                          "<flakyError/>"};
  std::mt19937 random_{20260131};
};

TEST(JunitMutation, WhatIsReadIsBoundedAndComesBackFromOurOwnFile) {
  const char* source = std::getenv("RUNNER_SOURCE");
  const std::string root = source == nullptr ? "." : source;
  Mutator mutator;
  for (const char* name : {"gtest.xml", "ctest.xml", "node-test.xml", "pytest.xml"}) {
    const std::string text = runtime::base::ReadFile(root + "/tests/unit/reports/data/" + name);
    for (int i = 0; i < 400; ++i) {
      const std::string changed = mutator.Change(text);
      const pipeline::TestReport report = ReadText(changed);
      EXPECT_LE(report.cases.size(), 40u);
      SummarizeTests(report, {});
      const pipeline::TestReport back = ReadText(WriteJunit(report));
      ASSERT_TRUE(back.warnings.empty() && SameCases(back, report)) << name << "\n" << changed;
    }
  }
}

}  // namespace
}  // namespace reports
