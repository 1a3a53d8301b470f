#include "reports/page_parts.h"
#include "reports/pages.h"
#include "runtime/base/units.h"

namespace reports {
namespace {

void AddBranch(HtmlWriter& out, const pipeline::TriggerEvent& event) {
  if (event.pull_request > 0) {
    out.Raw("#").Number(static_cast<uint64_t>(event.pull_request)).Raw(" ");
  }
  out.Text(event.tag.empty() ? event.branch : event.tag);
}

void AddRow(HtmlWriter& out, const RunRecord& run) {
  out.Raw("<tr><td>");
  AddStatus(out, StatusWord(run));
  out.Raw("</td><td><a href=\"/runs/").UrlPart(run.id).Raw("\">").Text(Subject(run)).Raw("</a>");
  out.Raw("<br><small>").Text(run.event.repository).Raw(" ").Text(ShortCommit(run));
  if (!run.pipeline.empty()) {
    out.Raw(" ").Text(run.pipeline);
  }
  out.Raw("</small></td><td>");
  AddBranch(out, run.event);
  out.Raw("</td><td>").Text(run.event.author).Raw("</td><td>");
  AddTime(out, run.started);
  out.Raw("</td><td class=\"number\">");
  if (run.state == RunState::kFinished) {
    out.Text(runtime::base::FormatDuration(run.duration));
  }
  out.Raw("</td></tr>\n");
}

}  // namespace

std::string RunListPage(const RunPageResult& page, std::string_view before) {
  HtmlWriter body;
  bool going_on = false;
  body.Raw("<h1>Runs</h1>\n");
  if (page.runs.empty()) {
    body.Raw("<p>No runs.</p>\n");
  } else {
    body.Raw(
        "<div class=\"wide\" role=\"region\" aria-label=\"Runs\" tabindex=\"0\"><table>"
        "<caption>Runs, newest first</caption>\n<thead><tr><th scope=\"col\">Status</th>"
        "<th scope=\"col\" class=\"main\">Run</th><th scope=\"col\">Branch</th>"
        "<th scope=\"col\">Author</th><th scope=\"col\">Started</th>"
        "<th scope=\"col\" class=\"number\">Duration</th></tr></thead>\n<tbody>\n");
    for (const RunRecord& run : page.runs) {
      AddRow(body, run);
      going_on = going_on || run.state != RunState::kFinished;
    }
    body.Raw("</tbody></table></div>\n");
  }
  body.Raw("<p class=\"pages\">");
  if (!before.empty()) {
    body.Raw("<a href=\"/\">Newest runs</a> ");
  }
  if (page.more && !page.runs.empty()) {
    body.Raw("<a href=\"/?before=").UrlPart(page.runs.back().id).Raw("\">Older runs</a>");
  }
  body.Raw("</p>\n");
  return PageAround("Runs", going_on && before.empty() ? Reload::kSoon : Reload::kNo, body);
}

std::string MessagePage(std::string_view title, std::string_view message) {
  HtmlWriter body;
  body.Raw("<h1>").Text(title).Raw("</h1>\n<p>").Text(message).Raw("</p>\n");
  body.Raw("<p><a href=\"/\">All runs</a></p>\n");
  return PageAround(title, Reload::kNo, body);
}

}  // namespace reports
