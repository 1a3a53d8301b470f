#include "reports/page_parts.h"

#include <algorithm>
#include <array>

#include "runtime/base/clock.h"
#include "runtime/base/utf8.h"

namespace reports {

std::string PageAround(std::string_view title, Reload reload, const HtmlWriter& body) {
  HtmlWriter out;
  out.Raw(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  if (reload == Reload::kSoon) {
    out.Raw("<meta http-equiv=\"refresh\" content=\"3\">\n");
  }
  out.Raw("<title>").Text(title).Raw(
      " - runner</title>\n"
      "<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n"
      "<header><nav aria-label=\"Site\"><a href=\"/\">runner</a></nav></header>\n<main>\n");
  out.Add(body);
  out.Raw("</main>\n</body>\n</html>\n");
  return out.html();
}

void AddStatus(HtmlWriter& out, std::string_view status) {
  // Only words of ours become class names.
  static constexpr std::array<std::string_view, 5> kBad = {"failed", "errored", "timed-out",
                                                           "cancelled", ""};
  if (status == "passed") {
    out.Raw("<span class=\"status good\">");
  } else if (std::find(kBad.begin(), kBad.end(), status) != kBad.end()) {
    out.Raw("<span class=\"status bad\">");
  } else if (status == "flaky" || status == "warned") {
    out.Raw("<span class=\"status warn\">");
  } else {
    out.Raw("<span class=\"status\">");
  }
  out.Text(status).Raw("</span>");
}

void AddTime(HtmlWriter& out, WallTime time) {
  const std::string iso = runtime::base::FormatTime(time);  // "2026-01-31T12:00:00Z"
  if (time == WallTime() || iso.size() != 20) {
    return;
  }
  out.Raw("<time datetime=\"").Text(iso).Raw("\">");
  out.Text(iso.substr(0, 10)).Raw(" ").Text(iso.substr(11, 8)).Raw(" UTC</time>");
}

std::string Subject(const RunRecord& run) {
  const pipeline::TriggerEvent& event = run.event;
  std::string text(runtime::base::Utf8Prefix(event.title, 200));
  if (text.empty()) {
    text = event.working_tree ? "working tree" : std::string(ToString(event.kind));
  }
  return text;
}

std::string ShortCommit(const RunRecord& run) {
  const std::string& commit = run.commit.empty() ? run.event.commit : run.commit;
  return commit.substr(0, 12);
}

}  // namespace reports
