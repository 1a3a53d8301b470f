// TestReport: test results, whatever dialect they came in. reports/ reads and writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

enum class CaseResult { kPassed, kFailed, kError, kSkipped };
std::string_view ToString(CaseResult result);

// Texts are untrusted, valid UTF-8 and bounded by the reader.
struct TestCase {
  std::string suite;
  std::string class_name;
  std::string name;
  std::string file;  // empty when unknown
  int line = 0;      // 0 when unknown
  double seconds = 0;
  CaseResult result = CaseResult::kPassed;
  std::string message;  // of the failure, error or skip
  std::string details;  // stack trace or text of it
  std::string output;   // system-out and system-err
};

struct TestTotals {
  uint64_t tests = 0;  // all cases
  uint64_t passed = 0;
  uint64_t failed = 0;
  uint64_t errors = 0;
  uint64_t skipped = 0;
  double seconds = 0;
};

struct TestReport {
  std::vector<TestCase> cases;
  // What the reader had to repair or leave out: "report.xml: cut off after 12 cases".
  std::vector<std::string> warnings;
  void Add(const TestReport& other);
  TestTotals Totals() const;
};

}  // namespace pipeline
