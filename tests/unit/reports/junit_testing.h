// What the tests of the JUnit reader share.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "reports/junit_reader.h"

namespace reports {

inline pipeline::TestReport ReadText(std::string_view content) {
  return ReadJunit({{"report.xml", std::string(content)}});
}

inline auto Fields(const pipeline::TestCase& test) {
  return std::tie(test.suite, test.class_name, test.name, test.file, test.line, test.seconds,
                  test.result, test.message, test.details, test.output);
}

inline bool SameCases(const pipeline::TestReport& a, const pipeline::TestReport& b) {
  if (a.cases.size() != b.cases.size()) {
    return false;
  }
  for (size_t i = 0; i < a.cases.size(); ++i) {
    if (Fields(a.cases[i]) != Fields(b.cases[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace reports
