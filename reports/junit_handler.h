// JunitHandler: turns the elements of one JUnit document into test cases. The parser's half of
// junit_reader; knows the dialects, not XML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/test_report.h"
#include "reports/bounded_text.h"
#include "reports/junit_reader.h"

namespace reports {

// What is kept already, of all files.
struct JunitUse {
  size_t names = 0;
  size_t text = 0;
};

class JunitHandler {
 public:
  // Adds to `report` and `use`. All three outlive the object.
  JunitHandler(pipeline::TestReport& report, JunitUse& use, const JunitLimits& limits);

  // `attributes`: name, value, ..., nullptr, as expat gives them.
  void Start(std::string_view name, const char* const* attributes);
  void Text(std::string_view text);
  void End();
  // The document ended, perhaps too early: a case that is open counts when its result is known.
  void Finish();

  // Not empty once reading should stop, saying why.
  const std::string& stop_reason() const { return stop_reason_; }
  // Cases whose text was left out since all_text was used up.
  size_t cases_without_text() const { return cases_without_text_; }

 private:
  enum class Element {
    kSuites,
    kSuite,
    kCase,
    kFailure,
    kError,
    kSkipped,
    kFlaky,
    kRerun,
    kOutput,
    kStackTrace,
    kOther
  };
  static Element ElementNamed(std::string_view name);
  static bool IsProblem(Element element);

  void Close();
  void StartSuite(const char* const* attributes);
  void StartCase(const char* const* attributes);
  void StartProblem(const char* const* attributes);
  void EndProblem(Element kind);
  void EndCase();
  void ApplyStatus();
  void FindLocation();
  std::string SuitePath() const;

  pipeline::TestReport& report_;
  JunitUse& use_;
  const JunitLimits& limits_;
  std::vector<Element> open_;
  std::vector<std::string> suites_;

  bool in_case_ = false;
  pipeline::TestCase case_;
  std::string status_;        // of attributes, lower case
  bool has_problem_ = false;  // a failure, error or failed attempt was seen
  BoundedText output_;
  BoundedText body_;     // of the problem that is open
  std::string message_;  // of it

  std::string stop_reason_;
  size_t cases_without_text_ = 0;
};

}  // namespace reports
