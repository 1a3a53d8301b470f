#include "runner/serve/pages.h"

#include <charconv>
#include <optional>
#include <utility>

#include "reports/pages.h"
#include "runner/run_id.h"
#include "runner/serve/request_path.h"
#include "webhooks/form.h"

namespace runner::serve {
namespace {

constexpr size_t kRunsPerPage = 50;

HttpReply Html(int status, std::string body) {
  return HttpReply{
      status, "text/html; charset=utf-8", std::move(body), {{"Cache-Control", "no-store"}}};
}

HttpReply NotFound() {
  constexpr int kHttpNotFound = 404;
  return Html(kHttpNotFound, reports::MessagePage("Not found", "There is no such page."));
}

std::string QueryField(const HttpCall& call, std::string_view name) {
  const size_t mark = call.target.find('?');
  return mark == std::string::npos
             ? std::string()
             : webhooks::FormField(std::string_view(call.target).substr(mark + 1), name)
                   .value_or("");
}

}  // namespace

HttpReply Pages::Handle(const HttpCall& call) const {
  if (call.method != "GET" && call.method != "HEAD") {
    constexpr int kHttpMethodNotAllowed = 405;
    return HttpReply{kHttpMethodNotAllowed,
                     "text/plain; charset=utf-8",
                     "only GET and HEAD\n",
                     {{"Allow", "GET, HEAD"}}};
  }
  if (call.path() == "/") {
    return RunList(QueryField(call, "before"));
  }
  if (call.path() == "/healthz") {
    return Health();
  }
  if (call.path() == "/style.css") {
    return HttpReply{200,
                     "text/css; charset=utf-8",
                     std::string(reports::StyleSheet()),
                     {{"Cache-Control", "max-age=3600"}}};
  }
  const auto parts = SplitPath(call.path());
  if (!parts || parts->size() < 2 || parts->front() != "runs" || !IsRunId((*parts)[1])) {
    return NotFound();
  }
  const std::string& id = (*parts)[1];
  if (parts->size() == 2) {
    return Run(id);
  }
  if (parts->size() == 3 && (*parts)[2] == "junit.xml") {
    return Junit(id);
  }
  if (parts->size() == 4 && (*parts)[2] == "log") {
    return Log(id, (*parts)[3], QueryField(call, "offset"));
  }
  return NotFound();
}

HttpReply Pages::RunList(const std::string& before) const {
  const std::string bound = IsRunId(before) ? before : "";
  return Html(200, reports::RunListPage(reader_.List({kRunsPerPage, bound}), bound));
}

HttpReply Pages::Run(const std::string& id) const {
  const auto run = reader_.Find(id);
  if (!run) {
    return NotFound();
  }
  const auto tests = reader_.Tests(id);
  return Html(200, reports::RunPage(*run, tests ? &*tests : nullptr));
}

HttpReply Pages::Log(const std::string& id, const std::string& step,
                     const std::string& offset) const {
  uint64_t from = 0;
  std::from_chars(offset.data(), offset.data() + offset.size(), from);
  const auto run = reader_.Find(id);
  const auto slice = run ? reader_.Log(id, step, from, reports::kLogPageBytes) : std::nullopt;
  return slice ? Html(200, reports::LogPage(*run, step, *slice)) : NotFound();
}

HttpReply Pages::Junit(const std::string& id) const {
  auto report = reader_.Junit(id);
  if (!report) {
    return NotFound();
  }
  return HttpReply{200,
                   "application/xml",
                   std::move(*report),
                   {{"Content-Disposition", "attachment; filename=\"" + id + ".xml\""},
                    {"Cache-Control", "no-store"}}};
}

HttpReply Pages::Health() const {
  reader_.List({1, ""});  // throws, and so answers 500, when the state directory can't be read
  return HttpReply{200, "text/plain; charset=utf-8", "ok\n", {{"Cache-Control", "no-store"}}};
}

}  // namespace runner::serve
