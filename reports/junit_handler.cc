#include "reports/junit_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "reports/junit_text.h"
#include "reports/source_location.h"
#include "runtime/base/units.h"

namespace reports {
namespace {

using pipeline::CaseResult;

// CTest fails for it, but writes <skipped>.
constexpr std::string_view kCtestNotFound = "Unable to find executable";

// The first of `names` that is there, else empty.
std::string_view Attribute(const char* const* attributes,
                           std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (const char* const* a = attributes; *a != nullptr; a += 2) {
      if (name == a[0]) {
        return a[1];
      }
    }
  }
  return {};
}

bool IsOneOf(std::string_view value, std::initializer_list<std::string_view> values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// One more failure of a case that has one already.
void AppendProblem(std::string& details, const std::string& message, const std::string& body,
                   size_t max_bytes) {
  const std::string& text = body.empty() ? message : body;
  if (!text.empty() && details.size() + text.size() + 2 <= max_bytes) {
    details += (details.empty() ? "" : "\n\n") + text;
  }
}

}  // namespace

JunitHandler::JunitHandler(pipeline::TestReport& report, JunitUse& use, const JunitLimits& limits)
    : report_(report),
      use_(use),
      limits_(limits),
      output_(limits.failure_text),
      body_(limits.failure_text) {}

JunitHandler::Element JunitHandler::ElementNamed(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Element>, 17> kNames = {{
      {"testcase", Element::kCase},
      {"testsuite", Element::kSuite},
      {"testsuites", Element::kSuites},
      {"failure", Element::kFailure},
      {"error", Element::kError},
      {"skipped", Element::kSkipped},
      {"skip", Element::kSkipped},
      {"ignored", Element::kSkipped},
      {"disabled", Element::kSkipped},
      {"flakyFailure", Element::kFlaky},
      {"flakyError", Element::kFlaky},
      {"rerunFailure", Element::kRerun},
      {"rerunError", Element::kRerun},
      {"system-out", Element::kOutput},
      {"system-err", Element::kOutput},
      {"stackTrace", Element::kStackTrace},
      {"stacktrace", Element::kStackTrace},
  }};
  name = name.substr(name.rfind(':') + 1);  // without a namespace's prefix
  for (const auto& [known, element] : kNames) {
    if (known == name) {
      return element;
    }
  }
  return Element::kOther;
}

bool JunitHandler::IsProblem(Element element) {
  return element == Element::kFailure || element == Element::kError ||
         element == Element::kSkipped || element == Element::kFlaky || element == Element::kRerun;
}

void JunitHandler::Start(std::string_view name, const char* const* attributes) {
  Element element = ElementNamed(name);
  if (open_.empty() && element != Element::kSuites && element != Element::kSuite &&
      element != Element::kCase) {
    stop_reason_ = fmt::format("is not a JUnit report: its root is <{}>", CleanAttribute(name, 64));
    return;
  }
  if (open_.size() >= limits_.depth) {
    stop_reason_ = fmt::format("elements are nested deeper than {}", limits_.depth);
    return;
  }
  const Element parent = open_.empty() ? Element::kSuites : open_.back();
  if (in_case_) {
    // Inside of a case only what describes it counts.
    const bool direct =
        parent == Element::kCase && (IsProblem(element) || element == Element::kOutput);
    const bool trace = element == Element::kStackTrace && IsProblem(parent);
    element = direct || trace ? element : Element::kOther;
  }
  switch (element) {
    case Element::kSuite:
      StartSuite(attributes);
      break;
    case Element::kCase:
      StartCase(attributes);
      break;
    case Element::kFailure:
    case Element::kError:
      if (!in_case_ && parent == Element::kSuite) {
        // A suite that failed outside of its cases; the cases' end comes with the element's.
        StartCase(attributes);
        case_.name = suites_.back().empty() ? "(suite)" : suites_.back();
      }
      StartProblem(attributes);
      break;
    case Element::kSkipped:
    case Element::kFlaky:
    case Element::kRerun:
      StartProblem(attributes);
      break;
    default:
      break;
  }
  open_.push_back(element);
}

void JunitHandler::StartSuite(const char* const* attributes) {
  suites_.push_back(CleanAttribute(Attribute(attributes, {"name"}), kMaxName));
  if (suites_.back() == "(empty)") {  // CTest's, when there is no build name
    suites_.back().clear();
  }
}

void JunitHandler::StartCase(const char* const* attributes) {
  if (report_.cases.size() >= limits_.cases) {
    stop_reason_ = fmt::format("there are more than {} test cases", limits_.cases);
    return;
  }
  in_case_ = true;
  has_problem_ = false;
  case_ = {};
  case_.suite = SuitePath();
  case_.class_name = CleanAttribute(Attribute(attributes, {"classname", "class"}), kMaxName);
  case_.name = CleanAttribute(Attribute(attributes, {"name"}), kMaxName);
  case_.file = CleanAttribute(Attribute(attributes, {"file", "filepath"}), kMaxName);
  case_.seconds = ParseSeconds(Attribute(attributes, {"time", "duration"}));
  const std::string_view line = Attribute(attributes, {"line", "lineno"});
  std::from_chars(line.data(), line.data() + line.size(), case_.line);
  case_.line = std::max(case_.line, 0);
  if (case_.file.starts_with("file://")) {
    case_.file.erase(0, 7);
  }
  // gtest says status="run" result="skipped".
  status_ = LowerCase(Attribute(attributes, {"result", "status"}).substr(0, 32));
  if (status_ == "completed") {
    status_ = LowerCase(Attribute(attributes, {"status"}).substr(0, 32));
  }
  // node:test repeats the failure's message here.
  const std::string_view failure = Attribute(attributes, {"failure"});
  if (!failure.empty()) {
    case_.result = CaseResult::kFailed;
    case_.message = CleanAttribute(failure, kMaxMessage);
  }
}

void JunitHandler::StartProblem(const char* const* attributes) {
  body_.Clear();
  message_ = CleanAttribute(Attribute(attributes, {"message"}), kMaxMessage);
  if (message_.empty() || message_ == "true") {  // node:test writes message="true"
    message_ = CleanAttribute(Attribute(attributes, {"type"}), kMaxMessage);
  }
}

void JunitHandler::Text(std::string_view text) {
  if (!in_case_ || open_.empty()) {
    return;
  }
  if (open_.back() == Element::kOutput) {
    output_.Append(text);
  } else if (IsProblem(open_.back()) || open_.back() == Element::kStackTrace) {
    body_.Append(text);
  }
}

void JunitHandler::End() {
  // expat still ends an empty element whose start asked it to stop.
  if (stop_reason_.empty()) {
    Close();
  }
}

void JunitHandler::Close() {
  const Element element = open_.back();
  open_.pop_back();
  if (element == Element::kSuite) {
    suites_.pop_back();
    return;
  }
  if (!in_case_) {
    return;
  }
  if (IsProblem(element)) {
    EndProblem(element);
    if (open_.empty() || open_.back() != Element::kCase) {
      EndCase();
    }
  } else if (element == Element::kOutput) {
    output_.Append("\n");
  } else if (element == Element::kCase) {
    EndCase();
  }
}

void JunitHandler::EndProblem(Element kind) {
  const std::string body = CleanText(body_.Take());
  if (kind == Element::kSkipped && message_ == kCtestNotFound) {
    kind = Element::kError;
  }
  if (kind == Element::kSkipped) {
    if (!has_problem_ && case_.result != CaseResult::kFailed) {
      case_.result = CaseResult::kSkipped;
      case_.message = message_;
      case_.details = body;
    }
    return;
  }
  if (kind == Element::kError) {
    case_.result = CaseResult::kError;
  } else if (kind == Element::kFailure && case_.result != CaseResult::kError) {
    case_.result = CaseResult::kFailed;
  }
  // What an attempt says is kept for a case that failed in the end, too.
  if (!has_problem_) {
    case_.message = message_.empty() ? case_.message : message_;
    case_.details = body;
  } else {
    AppendProblem(case_.details, message_, body, limits_.failure_text);
  }
  has_problem_ = true;
}

void JunitHandler::ApplyStatus() {
  if (has_problem_ || case_.result != CaseResult::kPassed) {
    return;
  }
  if (IsOneOf(status_, {"fail", "failed", "failure"})) {
    case_.result = CaseResult::kFailed;
  } else if (status_ == "error") {
    case_.result = CaseResult::kError;
  } else if (IsOneOf(status_, {"notrun", "disabled", "skipped", "ignored", "suppressed", "pending",
                               "todo"})) {
    case_.result = CaseResult::kSkipped;
  }
}

// Attributes say where the test begins; where it failed is worth more.
void JunitHandler::FindLocation() {
  const LocationHints hints{case_.file, case_.class_name};
  for (const std::string* text : {&case_.details, &case_.message, &case_.output}) {
    if (auto found = FindSourceLocation(*text, hints)) {
      case_.line = found->line;
      case_.file = case_.file.empty() ? CleanAttribute(found->file, kMaxName) : case_.file;
      return;
    }
  }
}

void JunitHandler::EndCase() {
  in_case_ = false;
  ApplyStatus();
  const bool failed = case_.result == CaseResult::kFailed || case_.result == CaseResult::kError;
  std::string output = CleanText(output_.Take());
  if (!failed && output.size() > limits_.passed_text) {
    BoundedText shorter(limits_.passed_text);
    shorter.Append(output);
    output = CleanText(shorter.Take());
  }
  case_.output = std::move(output);
  if (failed) {
    FindLocation();
  }
  const size_t text = case_.message.size() + case_.details.size() + case_.output.size();
  if (use_.text + text > limits_.all_text) {
    case_.message.clear();
    case_.details.clear();
    case_.output.clear();
    cases_without_text_ += text > 0 ? 1 : 0;
  } else {
    use_.text += text;
  }
  use_.names +=
      case_.suite.size() + case_.class_name.size() + case_.name.size() + case_.file.size();
  if (use_.names > limits_.all_names) {
    stop_reason_ = fmt::format("the names of all test cases take more than {}",
                               runtime::base::FormatSize(limits_.all_names));
    return;
  }
  report_.cases.push_back(std::move(case_));
}

void JunitHandler::Finish() {
  while (!open_.empty() && in_case_ && open_.back() != Element::kCase) {
    Close();
  }
  if (in_case_ && (has_problem_ || case_.result != CaseResult::kPassed)) {
    EndCase();
  }
  in_case_ = false;
}

std::string JunitHandler::SuitePath() const {
  std::string path;
  for (size_t i = 0; i < suites_.size(); ++i) {
    if (suites_[i].empty() || (i > 0 && suites_[i] == suites_[i - 1])) {
      continue;
    }
    path += (path.empty() ? "" : " > ") + suites_[i];
  }
  return CleanAttribute(path, kMaxName);
}

}  // namespace reports
