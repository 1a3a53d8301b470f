#include <algorithm>

#include "reports/page_parts.h"
#include "reports/pages.h"
#include "reports/test_summary.h"
#include "runtime/base/units.h"

namespace reports {
namespace {

constexpr size_t kMaxCases = 100;
constexpr size_t kMaxLines = 40;

void AddFact(HtmlWriter& out, HtmlLiteral name, std::string_view value) {
  if (!value.empty()) {
    out.Raw("<dt>").Raw(name).Raw("</dt><dd>").Text(value).Raw("</dd>\n");
  }
}

void AddFacts(HtmlWriter& out, const RunRecord& run) {
  out.Raw("<dl>\n<dt>Status</dt><dd>");
  AddStatus(out, StatusWord(run));
  out.Raw("</dd>\n");
  if (run.diagnostics.empty()) {
    AddFact(out, "Reason", run.reason);  // else it is among the findings, or counts them
  }
  AddFact(out, "Repository", run.event.repository);
  AddFact(out, "Event", ToString(run.event.kind));
  if (run.event.pull_request != 0) {
    AddFact(out, "Pull request",
            std::to_string(run.event.pull_request) + (run.event.fork ? ", from a fork" : ""));
  }
  AddFact(out, "Schedule", run.event.schedule);
  AddFact(out, "Branch", run.event.branch);
  AddFact(out, "Tag", run.event.tag);
  AddFact(out, "Commit", run.commit.empty() ? run.event.commit : run.commit);
  AddFact(out, "Author", run.event.author);
  AddFact(out, "Pipeline", run.pipeline);
  out.Raw("<dt>Started</dt><dd>");
  AddTime(out, run.started);
  out.Raw("</dd>\n");
  if (run.state == RunState::kFinished) {
    AddFact(out, "Duration", runtime::base::FormatDuration(run.duration));
  }
  out.Raw("</dl>\n");
}

void AddDiagnostics(HtmlWriter& out, const RunRecord& run) {
  if (run.diagnostics.empty()) {
    return;
  }
  out.Raw("<h2>Pipeline file</h2>\n");
  for (const std::string& text : run.diagnostics) {
    out.Raw("<pre tabindex=\"0\">");
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      out.Text(std::string_view(text).substr(begin, end - begin)).Raw("\n");
      begin = end + 1;
    }
    out.Raw("</pre>\n");
  }
}

std::string UsageText(const pipeline::Usage& usage) {
  using runtime::base::FormatDuration;
  using runtime::base::FormatSize;
  return "processors " + FormatDuration(usage.user + usage.system) + ", memory at most " +
         FormatSize(usage.peak_memory_bytes) + ", read " + FormatSize(usage.read_bytes) +
         ", written " + FormatSize(usage.written_bytes) + ", at most " +
         std::to_string(usage.peak_processes) + " processes";
}

void AddStep(HtmlWriter& out, const RunRecord& run, const StepRecord& step) {
  out.Raw("<tr><th scope=\"row\">");
  const bool has_log = step.started != WallTime();
  if (has_log) {
    out.Raw("<a href=\"/runs/").UrlPart(run.id).Raw("/log/").UrlPart(step.name).Raw("\">");
  }
  out.Text(step.name);
  if (has_log) {
    out.Raw("<span class=\"hidden\"> (log)</span></a>");
  }
  out.Raw("</th><td>").Text(step.kind).Raw("</td><td>");
  AddStatus(out, StatusWord(step));
  out.Raw("</td><td class=\"number\">");
  if (step.state == StepState::kFinished && has_log) {
    out.Raw("<span title=\"").Text(UsageText(step.usage)).Raw("\">");
    out.Text(runtime::base::FormatDuration(step.usage.wall)).Raw("</span>");
  }
  out.Raw("</td><td>").Text(step.reason).Raw("</td></tr>\n");
}

void AddSteps(HtmlWriter& out, const RunRecord& run) {
  out.Raw("<h2>Steps</h2>\n");
  if (run.steps.empty()) {
    out.Raw("<p>No step has started.</p>\n");
    return;
  }
  out.Raw(
      "<div class=\"wide\" role=\"region\" aria-label=\"Steps\" tabindex=\"0\"><table>"
      "<caption>Steps in the order of the file; a name leads to the log</caption>\n"
      "<thead><tr><th scope=\"col\">Step</th><th scope=\"col\">Kind</th>"
      "<th scope=\"col\">Outcome</th><th scope=\"col\" class=\"number\">Time</th>"
      "<th scope=\"col\" class=\"main\">Reason</th></tr></thead>\n<tbody>\n");
  for (const StepRecord& step : run.steps) {
    AddStep(out, run, step);
  }
  out.Raw("</tbody></table></div>\n");
}

void AddPushed(HtmlWriter& out, const RunRecord& run) {
  bool first = true;
  for (const StepRecord& step : run.steps) {
    for (const std::string& reference : step.pushed) {
      if (first) {
        out.Raw("<h2>Pushed</h2>\n<ul>\n");
      }
      first = false;
      out.Raw("<li><code>").Text(reference).Raw("</code></li>\n");
    }
  }
  if (!first) {
    out.Raw("</ul>\n");
  }
}

void AddCase(HtmlWriter& out, const pipeline::TestCase& test) {
  out.Raw("<article><h3>");
  AddStatus(out, test.result == pipeline::CaseResult::kError ? "errored" : "failed");
  out.Raw(" ").Text(DisplayName(test)).Raw("</h3>\n");
  if (const std::string location = DisplayLocation(test); !location.empty()) {
    out.Raw("<p><code>").Text(location).Raw("</code></p>\n");
  }
  out.Raw("<pre tabindex=\"0\">");
  for (const std::string& line : FailureLines(test, kMaxLines)) {
    out.Text(line).Raw("\n");
  }
  out.Raw("</pre></article>\n");
}

void AddTests(HtmlWriter& out, const RunRecord& run, const pipeline::TestReport* tests) {
  if (tests == nullptr) {
    return;
  }
  out.Raw("<h2>Tests</h2>\n<p>").Text(FormatCounts(tests->Totals())).Raw(". <a href=\"/runs/");
  out.UrlPart(run.id).Raw("/junit.xml\">JUnit file</a></p>\n");
  size_t failing = 0;
  for (const pipeline::TestCase& test : tests->cases) {
    if (test.result != pipeline::CaseResult::kFailed &&
        test.result != pipeline::CaseResult::kError) {
      continue;
    }
    if (++failing <= kMaxCases) {
      AddCase(out, test);
    }
  }
  if (failing > kMaxCases) {
    out.Raw("<p>")
        .Number(failing - kMaxCases)
        .Raw(" more failing tests: see the JUnit file.</p>\n");
  }
}

}  // namespace

std::string RunPage(const RunRecord& run, const pipeline::TestReport* tests) {
  HtmlWriter body;
  body.Raw("<h1>").Text(Subject(run)).Raw("</h1>\n");
  AddFacts(body, run);
  AddDiagnostics(body, run);
  AddSteps(body, run);
  AddTests(body, run, tests);
  AddPushed(body, run);
  return PageAround(Subject(run), run.state == RunState::kFinished ? Reload::kNo : Reload::kSoon,
                    body);
}

}  // namespace reports
