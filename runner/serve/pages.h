// What the server shows: runs, logs, test results, and whether it is well. Read-only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/run_reader.h"
#include "runner/serve/http_message.h"

namespace runner::serve {

class Pages {
 public:
  // `reader` must outlive the pages. Any thread.
  explicit Pages(reports::RunReader& reader) : reader_(reader) {}

  // Answers GET and HEAD of: / (?before=ID), /runs/ID, /runs/ID/log/STEP (?offset=N),
  // /runs/ID/junit.xml, /healthz, /style.css. 404 for everything else.
  HttpReply Handle(const HttpCall& call) const;

 private:
  HttpReply RunList(const std::string& before) const;
  HttpReply Run(const std::string& id) const;
  HttpReply Log(const std::string& id, const std::string& step, const std::string& offset) const;
  HttpReply Junit(const std::string& id) const;
  HttpReply Health() const;

  reports::RunReader& reader_;
};

}  // namespace runner::serve
