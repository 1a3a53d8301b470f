#include "runner/step_log_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reports/log_line.h"
#include "runtime/base/files.h"
#include "runtime/base/units.h"

namespace runner {
namespace {

using pipeline::Stream;
using WallTime = runtime::base::Clock::WallTime;

constexpr size_t kMaxLog = 256u << 20;

int64_t Milliseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

StepLogFile::StepLogFile(const std::filesystem::path& log, const std::filesystem::path& index,
                         const LogBounds& bounds)
    : name_(log.string()),
      bounds_(bounds),
      fd_(runtime::base::OpenFile(log, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW)),
      index_(index) {
  Continue();
}

// What a runner that died left of this step.
void StepLogFile::Continue() {
  const std::string before = runtime::base::ReadAll(fd_.get(), name_, kMaxLog);
  offset_ = before.size();
  hash_.Update(before);
  lines_ = static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  if (!before.empty() && before.back() != '\n') {
    Write("\n");
    ++lines_;
  }
}

void StepLogFile::Write(std::string_view text) {
  runtime::base::WriteAll(fd_.get(), text, name_);
  hash_.Update(text);
  offset_ += text.size();
}

reports::LogRecord StepLogFile::Record() { return {lines_, offset_, hash_.Finish().ToString()}; }

void StepLogFile::WriteLine(std::string_view text, uint64_t number, WallTime time, bool mark) {
  const uint64_t begin = offset_;
  Write(text);
  index_.Wrote({number, Milliseconds(time), begin}, mark);
}

void StepLogFile::Append(std::string line, WallTime now) {
  const uint64_t number = lines_++;
  if (!full_ && written_ + line.size() <= bounds_.head_bytes) {
    WriteLine(line, number, now, false);
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
  tail_.push_back({std::move(line), now});
  while (tail_bytes_ > bounds_.tail_bytes) {
    tail_bytes_ -= tail_.front().text.size();
    bytes_left_out_ += tail_.front().text.size();
    ++lines_left_out_;
    tail_.pop_front();
  }
}

void StepLogFile::Close(WallTime now) {
  if (!fd_) {
    return;
  }
  if (lines_left_out_ > 0) {
    Write(reports::FormatLogLine(now, Stream::kRunner,
                                 fmt::format("{} lines ({}) left out", lines_left_out_,
                                             runtime::base::FormatSize(bytes_left_out_))));
  }
  uint64_t number = lines_ - tail_.size();
  bool mark = true;  // Its number isn't the one after the last line before it.
  for (const TailLine& line : tail_) {
    WriteLine(line.text, number++, line.time, std::exchange(mark, false));
  }
  fd_.Close();
}

}  // namespace runner
