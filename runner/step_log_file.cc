#include "runner/step_log_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "reports/log_line.h"
#include "runtime/base/files.h"
#include "runtime/base/units.h"

namespace runner {
namespace {

using pipeline::Stream;

}  // namespace

StepLogFile::StepLogFile(const std::filesystem::path& path, const LogBounds& bounds)
    : name_(path.string()),
      bounds_(bounds),
      fd_(runtime::base::OpenFile(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW)) {}

void StepLogFile::Write(std::string_view text) { runtime::base::WriteAll(fd_.get(), text, name_); }

void StepLogFile::Append(std::string line, runtime::base::Clock::WallTime now) {
  if (!full_ && written_ + line.size() <= bounds_.head_bytes) {
    Write(line);
    written_ += line.size();
    return;
  }
  if (!full_) {
    full_ = true;
    Write(reports::FormatLogLine(
        now, Stream::kRunner,
        fmt::format("this log is over {}: only the end of what follows is kept, and shown when the "
                    "step ends",
                    runtime::base::FormatSize(bounds_.head_bytes))));
  }
  tail_bytes_ += line.size();
  tail_.push_back(std::move(line));
  while (tail_bytes_ > bounds_.tail_bytes) {
    tail_bytes_ -= tail_.front().size();
    bytes_left_out_ += tail_.front().size();
    ++lines_left_out_;
    tail_.pop_front();
  }
}

void StepLogFile::Close(runtime::base::Clock::WallTime now) {
  if (!fd_) {
    return;
  }
  std::string rest;
  if (lines_left_out_ > 0) {
    rest = reports::FormatLogLine(now, Stream::kRunner,
                                  fmt::format("{} lines ({}) left out", lines_left_out_,
                                              runtime::base::FormatSize(bytes_left_out_)));
  }
  for (const std::string& line : tail_) {
    rest += line;
  }
  Write(rest);
  fd_.Close();
}

}  // namespace runner
