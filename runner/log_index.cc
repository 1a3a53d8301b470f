#include "runner/log_index.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <sstream>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

constexpr uint64_t kMarkEvery = 64u << 10;
constexpr size_t kMaxIndex = 16u << 20;

}  // namespace

LogIndex::LogIndex(const std::filesystem::path& path)
    : name_(path.string()),
      fd_(runtime::base::OpenFile(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW)) {
  // A mark that a crash tore would become part of the next.
  const std::string before = runtime::base::ReadAll(fd_.get(), name_, kMaxIndex);
  const size_t whole = before.rfind('\n') + 1;
  if (whole < before.size() && ::ftruncate(fd_.get(), static_cast<off_t>(whole)) != 0) {
    throw runtime::base::Error::FromErrno("shorten " + name_);
  }
}

void LogIndex::Wrote(const LogMark& line, bool needed) {
  if (!empty_ && !needed && line.offset < last_ + kMarkEvery) {
    return;
  }
  runtime::base::WriteAll(fd_.get(),
                          fmt::format("{} {} {}\n", line.line, line.time_ms, line.offset), name_);
  empty_ = false;
  last_ = line.offset;
}

std::vector<LogMark> ReadLogIndex(const std::filesystem::path& path) {
  std::vector<LogMark> marks;
  std::istringstream lines(runtime::base::ReadFileIfExists(path, kMaxIndex).value_or(""));
  for (std::string text; std::getline(lines, text) && !lines.eof();) {
    std::istringstream numbers(text);
    LogMark mark;
    if (!(numbers >> mark.line >> mark.time_ms >> mark.offset) ||
        (!marks.empty() && (mark.line < marks.back().line || mark.offset < marks.back().offset))) {
      break;
    }
    marks.push_back(mark);
  }
  return marks;
}

}  // namespace runner
