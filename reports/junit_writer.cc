#include "reports/junit_writer.h"

#include <fmt/format.h>
#include <tinyxml2.h>

#include <string_view>

#include "runtime/base/utf8.h"

namespace reports {
namespace {

using pipeline::CaseResult;
using pipeline::TestCase;

// Escapes for text and attributes. Line ends and tabs are written as references, since a parser
// turns raw ones in attributes into spaces (XML 1.0 section 3.3.3).
std::string Escape(std::string_view text, bool attribute) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto scalar = runtime::base::DecodeUtf8(text.substr(0, 4));
    const char32_t c = scalar ? scalar->value : 0xFFFD;
    const size_t bytes = scalar ? scalar->bytes : 1;
    const bool white = c == '\t' || c == '\n' || c == '\r';
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (white && (attribute || c == '\r')) {
      out += fmt::format("&#{};", static_cast<unsigned>(c));
    } else if ((c < 0x20 && !white) || c == 0xFFFE || c == 0xFFFF || !scalar) {
      out += "\xEF\xBF\xBD";
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return out;
}

// A printer that leaves escaping to us.
class Printer {
 public:
  Printer() : document_(false), printer_(nullptr, false) {
    printer_.VisitEnter(document_);
    printer_.PushDeclaration("xml version=\"1.0\" encoding=\"UTF-8\"");
  }

  void Open(const char* name) { printer_.OpenElement(name); }
  void Close() { printer_.CloseElement(); }
  void Attribute(const char* name, std::string_view value) {
    printer_.PushAttribute(name, Escape(value, true).c_str());
  }
  void Text(std::string_view text) { printer_.PushText(Escape(text, false).c_str()); }
  std::string Take() const {
    return {printer_.CStr(), static_cast<size_t>(printer_.CStrSize() - 1)};
  }

 private:
  tinyxml2::XMLDocument document_;  // its only use: it says that entities are not processed
  tinyxml2::XMLPrinter printer_;
};

void WriteTotals(Printer& printer, const pipeline::TestTotals& totals) {
  printer.Attribute("tests", std::to_string(totals.tests));
  printer.Attribute("failures", std::to_string(totals.failed));
  printer.Attribute("errors", std::to_string(totals.errors));
  printer.Attribute("skipped", std::to_string(totals.skipped));
  printer.Attribute("time", fmt::format("{}", totals.seconds));
}

const char* ProblemElement(const TestCase& test) {
  switch (test.result) {
    case CaseResult::kFailed:
      return "failure";
    case CaseResult::kError:
      return "error";
    case CaseResult::kSkipped:
      return "skipped";
    case CaseResult::kPassed:
      break;
  }
  return test.message.empty() && test.details.empty() ? nullptr : "flakyFailure";
}

void WriteCase(Printer& printer, const TestCase& test) {
  printer.Open("testcase");
  printer.Attribute("name", test.name);
  printer.Attribute("classname", test.class_name);
  printer.Attribute("time", fmt::format("{}", test.seconds));
  if (!test.file.empty()) {
    printer.Attribute("file", test.file);
  }
  if (test.line > 0) {
    printer.Attribute("line", std::to_string(test.line));
  }
  if (const char* element = ProblemElement(test)) {
    printer.Open(element);
    if (!test.message.empty()) {
      printer.Attribute("message", test.message);
    }
    if (!test.details.empty()) {
      printer.Text(test.details);
    }
    printer.Close();
  }
  if (!test.output.empty()) {
    printer.Open("system-out");
    printer.Text(test.output);
    printer.Close();
  }
  printer.Close();
}

}  // namespace

std::string WriteJunit(const pipeline::TestReport& report) {
  Printer printer;
  printer.Open("testsuites");
  WriteTotals(printer, report.Totals());
  for (size_t begin = 0; begin < report.cases.size();) {
    pipeline::TestReport suite;
    size_t end = begin;
    for (; end < report.cases.size() && report.cases[end].suite == report.cases[begin].suite;
         ++end) {
      // Only what the totals count.
      pipeline::TestCase& counted = suite.cases.emplace_back();
      counted.seconds = report.cases[end].seconds;
      counted.result = report.cases[end].result;
    }
    printer.Open("testsuite");
    printer.Attribute("name", report.cases[begin].suite);
    WriteTotals(printer, suite.Totals());
    for (; begin < end; ++begin) {
      WriteCase(printer, report.cases[begin]);
    }
    printer.Close();
  }
  printer.Close();
  return printer.Take();
}

}  // namespace reports
