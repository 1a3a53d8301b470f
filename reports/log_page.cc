#include <algorithm>

#include "reports/log_html.h"
#include "reports/log_line.h"
#include "reports/page_parts.h"
#include "reports/pages.h"
#include "runtime/base/units.h"

namespace reports {
namespace {

bool IsRunning(const RunRecord& run, std::string_view name) {
  return std::any_of(run.steps.begin(), run.steps.end(), [&](const StepRecord& step) {
    return step.name == name && step.state == StepState::kRunning;
  });
}

void AddLogLink(HtmlWriter& out, const RunRecord& run, std::string_view step, uint64_t offset,
                HtmlLiteral text) {
  out.Raw("<a href=\"/runs/").UrlPart(run.id).Raw("/log/").UrlPart(step).Raw("?offset=");
  out.Number(offset).Raw("\">").Raw(text).Raw("</a> ");
}

void AddLine(HtmlWriter& out, const LogLine& line) {
  out.Raw("<span class=\"time\">");
  // The time of day is enough beside each line.
  out.Text(line.time.size() == 24 ? std::string_view(line.time).substr(11, 12) : "");
  switch (line.stream) {
    case pipeline::Stream::kStdout:
      out.Raw("</span> <span>");
      break;
    case pipeline::Stream::kStderr:
      out.Raw("</span> <span class=\"err\">");
      break;
    case pipeline::Stream::kRunner:
      out.Raw("</span> <span class=\"ours\">");
      break;
  }
  AddLogText(out, line.text);
  out.Raw("</span>\n");
}

}  // namespace

std::string LogPage(const RunRecord& run, std::string_view step, const LogSlice& slice) {
  HtmlWriter body;
  body.Raw("<h1>Log of ").Text(step).Raw("</h1>\n<p>Of run <a href=\"/runs/").UrlPart(run.id);
  body.Raw("\">").Text(Subject(run)).Raw("</a>, ").Text(runtime::base::FormatSize(slice.size));
  body.Raw("</p>\n<p class=\"pages\">");
  if (slice.offset > 0) {
    AddLogLink(body, run, step, 0, "Start");
    AddLogLink(body, run, step, slice.offset - std::min<uint64_t>(slice.offset, kLogPageBytes),
               "Earlier");
  }
  if (slice.next() < slice.size) {
    AddLogLink(body, run, step, slice.next(), "Later");
    AddLogLink(body, run, step, slice.size - std::min<uint64_t>(slice.size, kLogPageBytes), "End");
  }
  body.Raw("</p>\n");
  if (slice.text.empty()) {
    body.Raw("<p>No output.</p>\n");
  } else {
    body.Raw("<pre class=\"log\" tabindex=\"0\">\n");
    for (const LogLine& line : ParseLog(slice.text)) {
      AddLine(body, line);
    }
    body.Raw("</pre>\n");
  }
  // A reader in the middle of a log isn't moved.
  const bool follow = IsRunning(run, step) && slice.next() >= slice.size;
  return PageAround("Log of " + std::string(step), follow ? Reload::kSoon : Reload::kNo, body);
}

}  // namespace reports
