#include "runner/service_log.h"

#include "reports/log_line.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
using runtime::base::Error;

ServiceLog::Kept::Kept(const RunPaths& paths, const std::string& name) {
  runtime::base::MakeDirectories(paths.logs());
  file_.emplace(paths.log(name), paths.log_index(name), LogBounds{});
}

void ServiceLog::Kept::Line(pipeline::Stream stream, std::string_view line) {
  if (stream != pipeline::Stream::kRunner) {
    tails_.Add("", line);
  }
  if (!file_) {
    return;
  }
  try {
    const auto now = runtime::base::Clock().Now();
    file_->Append(reports::FormatLogLine(now, stream, line), now);
  } catch (const Error&) {
    file_.reset();
  }
}

ServiceLog::ServiceLog(const RunPaths& paths, const std::string& name, Masker& masker)
    : kept_(paths, name) {
  masked_.emplace(kept_, masker);
}

void ServiceLog::Line(pipeline::Stream stream, std::string_view line) {
  if (masked_) {
    masked_->Line(stream, line);
  }
}

void ServiceLog::Close() {
  masked_.reset();
  if (!kept_.file_) {
    return;
  }
  try {
    kept_.file_->Close(runtime::base::Clock().Now());
  } catch (const Error&) {
  }
  kept_.file_.reset();
}

}  // namespace runner
