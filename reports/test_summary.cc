#include "reports/test_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/base/terminal_text.h"

namespace reports {
namespace {

using pipeline::CaseResult;
using runtime::base::ForMessage;

constexpr size_t kMaxLineBytes = 1000;
constexpr size_t kOutputLines = 8;

std::vector<std::string> SafeLines(std::string_view text, size_t max_lines) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    if (lines.size() == max_lines) {
      lines.back() = "...";
      break;
    }
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(ForMessage(text.substr(0, std::min(end, kMaxLineBytes))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view LastLines(std::string_view text, size_t count) {
  size_t begin = text.size();
  for (; count > 0 && begin != std::string_view::npos && begin > 0; --count) {
    begin = text.rfind('\n', begin - 1);
  }
  return begin == std::string_view::npos ? text : text.substr(begin + (count == 0 ? 1 : 0));
}

bool IsFailing(const pipeline::TestCase& test) {
  return test.result == CaseResult::kFailed || test.result == CaseResult::kError;
}

std::string_view Word(CaseResult result) {
  return result == CaseResult::kError ? "ERROR " : "FAILED";
}

}  // namespace

std::string FormatCounts(const pipeline::TestTotals& totals) {
  std::string text = fmt::format("{} test{}: {} passed", totals.tests, totals.tests == 1 ? "" : "s",
                                 totals.passed);
  const auto add = [&](uint64_t count, std::string_view word) {
    if (count > 0) {
      text += fmt::format(", {} {}", count, word);
    }
  };
  add(totals.failed, "failed");
  add(totals.errors, totals.errors == 1 ? "error" : "errors");
  add(totals.skipped, "skipped");
  return text;
}

std::string DisplayName(const pipeline::TestCase& test) {
  const std::string& group = test.class_name.empty() ? test.suite : test.class_name;
  // Some dialects repeat one in the other.
  if (group.empty() || test.name.starts_with(group) || group == "test") {
    return ForMessage(test.name.empty() ? group : test.name);
  }
  return ForMessage(test.name.empty() ? group : group + "." + test.name);
}

std::string DisplayLocation(const pipeline::TestCase& test) {
  if (test.file.empty()) {
    return {};
  }
  return test.line > 0 ? fmt::format("{}:{}", ForMessage(test.file), test.line)
                       : ForMessage(test.file);
}

std::vector<std::string> FailureLines(const pipeline::TestCase& test, size_t max_lines) {
  std::string text = test.message;
  if (text.empty() || test.details.find(test.message) != std::string::npos) {
    text = test.details;
  } else if (!test.details.empty()) {
    text += "\n" + test.details;
  }
  if (text.empty()) {
    text = LastLines(test.output, std::min(max_lines, kOutputLines));
  }
  return SafeLines(text, max_lines);
}

std::string SummarizeTests(const pipeline::TestReport& report, const TestSummaryStyle& style) {
  const char* red = style.colour ? "\x1b[31m" : "";
  const char* dim = style.colour ? "\x1b[2m" : "";
  const char* reset = style.colour ? "\x1b[0m" : "";
  std::string out = FormatCounts(report.Totals()) + "\n";
  size_t failing = 0;
  for (const pipeline::TestCase& test : report.cases) {
    if (!IsFailing(test) || ++failing > style.max_cases) {
      continue;
    }
    const std::string location = DisplayLocation(test);
    out += fmt::format("  {}{}{} {}{}{}\n", red, Word(test.result), reset, DisplayName(test),
                       location.empty() ? "" : "  ", location);
    for (const std::string& line : FailureLines(test, style.max_lines)) {
      out += fmt::format("         {}{}{}\n", dim, line, reset);
    }
  }
  if (failing > style.max_cases) {
    out += fmt::format("  ... and {} more failing tests\n", failing - style.max_cases);
  }
  for (size_t i = 0; i < report.warnings.size() && i < style.max_warnings; ++i) {
    out += fmt::format("  warning: {}\n", ForMessage(report.warnings[i]));
  }
  if (report.warnings.size() > style.max_warnings) {
    out += fmt::format("  ... and {} more warnings\n", report.warnings.size() - style.max_warnings);
  }
  return out;
}

}  // namespace reports
