#include "runtime/lifecycle/log_reader.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/base/error.h"

namespace runtime::lifecycle {
namespace fs = std::filesystem;
using base::Error;
using base::UniqueFd;

namespace {

constexpr size_t kChunk = 64u << 10;
// Of one line; a writer takes no longer text at once.
constexpr size_t kLongestLine = 1u << 20;

// The oldest file, or nothing.
unsigned Oldest(const fs::path& directory) {
  unsigned index = 0;
  while (::access(LogPath(directory, index + 1).c_str(), F_OK) == 0) {
    ++index;
  }
  return index;
}

UniqueFd Open(const fs::path& directory, unsigned index) {
  return UniqueFd(::open(LogPath(directory, index).c_str(), O_RDONLY | O_CLOEXEC));
}

}  // namespace

LogReader::LogReader(const fs::path& directory) : directory_(directory) {}

std::optional<LogEntry> LogReader::Next() {
  while (true) {
    const size_t end = buffer_.find('\n', begin_);
    if (end != std::string::npos) {
      const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
      begin_ = end + 1;
      if (const std::optional<LogEntry> entry = ParseLogLine(line)) {
        return entry;
      }
    } else if (!Fill() && !OpenNext()) {
      return std::nullopt;
    }
  }
}

// False at the end of the file as it is now.
bool LogReader::Fill() {
  if (!file_) {
    return false;
  }
  buffer_.erase(0, begin_);
  begin_ = 0;
  if (buffer_.size() > kLongestLine) {
    buffer_.clear();  // No line of ours.
  }
  const size_t old = buffer_.size();
  buffer_.resize(old + kChunk);
  const ssize_t n = ::read(file_.get(), buffer_.data() + old, kChunk);
  buffer_.resize(old + static_cast<size_t>(std::max<ssize_t>(n, 0)));
  if (n < 0 && errno != EINTR) {
    throw Error::FromErrno("read the log");
  }
  return n != 0;
}

// The file that follows the one that was read to its end; false when there is none yet.
bool LogReader::OpenNext() {
  if (!file_) {
    file_ = Open(directory_, Oldest(directory_));
    return static_cast<bool>(file_);
  }
  struct stat ours;
  struct stat named;
  if (::fstat(file_.get(), &ours) != 0) {
    throw Error::FromErrno("read the log");
  }
  unsigned index = 0;
  const unsigned oldest = Oldest(directory_);
  while (index <= oldest &&
         (::stat(LogPath(directory_, index).c_str(), &named) != 0 || named.st_ino != ours.st_ino)) {
    ++index;
  }
  if (index == 0) {
    return false;
  }
  // It was rotated; something may have been written between our last look and that.
  if (Fill()) {
    return true;
  }
  // Beyond the oldest, ours has gone: what follows begins with the oldest that is left.
  UniqueFd next = Open(directory_, index > oldest ? oldest : index - 1);
  if (!next) {
    return false;
  }
  file_ = std::move(next);
  buffer_.clear();
  begin_ = 0;
  return true;
}

int LogReader::ChangeEvents() {
  if (!events_) {
    events_.Reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!events_ || ::inotify_add_watch(events_.get(), directory_.c_str(),
                                        IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
      throw Error::FromErrno("watch the log");
    }
  }
  return events_.get();
}

void LogReader::ClearEvents() {
  std::array<char, 4096> events;
  while (::read(events_.get(), events.data(), events.size()) > 0) {
  }
}

}  // namespace runtime::lifecycle
