#include "runner/step_log_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runner/log_index.h"
#include "runtime/base/error.h"

namespace runner {
namespace {

using runtime::base::Error;

constexpr size_t kBlock = 128u << 10;  // more than the longest line

size_t ReadAt(int fd, char* data, size_t bytes, uint64_t offset) {
  ssize_t got = 0;
  do {
    got = ::pread(fd, data, bytes, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    throw Error::FromErrno("read the log");
  }
  return static_cast<size_t>(got);
}

}  // namespace

StepLogReader::StepLogReader(const RunPaths& paths, const std::string& step)
    : log_(paths.log(step)), index_(paths.log_index(step)) {}

bool StepLogReader::Fill() {
  if (!file_) {
    file_.Reset(::open(log_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  }
  if (!file_ && errno != ENOENT) {
    throw Error::FromErrno("open " + log_.string());
  }
  if (!file_) {
    return false;
  }
  buffer_.erase(0, std::exchange(begin_, 0));
  const size_t before = buffer_.size();
  buffer_.resize(before + kBlock);
  const size_t got = ReadAt(file_.get(), buffer_.data() + before, kBlock, offset_);
  buffer_.resize(before + got);
  offset_ += got;
  return got > 0;
}

std::optional<reports::LogLine> StepLogReader::Next(bool ended) {
  if (next_) {
    return std::exchange(next_, std::nullopt);
  }
  size_t end;
  while ((end = buffer_.find('\n', begin_)) == std::string::npos) {
    if (!Fill()) {
      end = buffer_.size();
      if (!ended || end == begin_) {
        return std::nullopt;
      }
      break;
    }
  }
  reports::LogLine line =
      reports::ParseLogLine(std::string_view(buffer_).substr(begin_, end - begin_));
  begin_ = std::min(end + 1, buffer_.size());
  return line;
}

void StepLogReader::SkipTo(int64_t time_ms) {
  for (const LogMark& mark : ReadLogIndex(index_)) {
    if (mark.time_ms >= time_ms) {
      break;
    }
    offset_ = mark.offset;
  }
  while (std::optional<reports::LogLine> line = Next(false)) {
    if (reports::TimeOf(*line) >= time_ms) {
      next_ = std::move(line);
      return;
    }
  }
}

void StepLogReader::SkipToLast(uint64_t lines) {
  if (!Fill()) {
    return;
  }
  struct stat info = {};
  if (::fstat(file_.get(), &info) != 0) {
    throw Error::FromErrno("stat " + log_.string());
  }
  // Backwards, a block at a time, to the end of the line before the first that is wanted.
  std::array<char, kBlock> block;
  uint64_t end = static_cast<uint64_t>(info.st_size);
  uint64_t ends = 0;
  while (end > 0 && ends <= lines) {
    const size_t bytes = static_cast<size_t>(std::min<uint64_t>(end, block.size()));
    const size_t got = ReadAt(file_.get(), block.data(), bytes, end - bytes);
    size_t at = got;
    while (at > 0 && ends <= lines) {
      --at;
      ends += block[at] == '\n' ? 1 : 0;
    }
    end = end - bytes + at + (ends > lines ? 1 : 0);
  }
  buffer_.clear();
  begin_ = 0;
  offset_ = end;
}

}  // namespace runner
