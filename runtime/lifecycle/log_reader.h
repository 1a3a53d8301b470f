// LogReader: a container's log from its oldest entry on, while it may grow and be rotated. One
// thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/lifecycle/log_format.h"

namespace runtime::lifecycle {

class LogReader {
 public:
  // A container that never wrote has an empty log. Throws Error.
  explicit LogReader(const std::filesystem::path& directory);

  // The next entry, valid until the next call; nothing where the log ends now. Throws Error.
  std::optional<LogEntry> Next();

  // Readable when there may be more (inotify(7)): for poll(2). Made at the first call, which must
  // come before the Next() that is to be waited after. Throws Error.
  int ChangeEvents();
  // Takes the events.
  void ClearEvents();

 private:
  bool Fill();
  bool OpenNext();

  std::filesystem::path directory_;
  base::UniqueFd file_;
  base::UniqueFd events_;
  std::string buffer_;
  size_t begin_ = 0;  // of what is unread in the buffer
};

}  // namespace runtime::lifecycle
