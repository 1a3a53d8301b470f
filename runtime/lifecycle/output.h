// Output: what a container writes, on its way to the log and to those who attached.
//
// Nothing is lost for who attached: while a reader can't take more, the container isn't read from,
// as with any pipe. Nothing is read that nobody can take: the memory in use is bounded. One thread.
#pragma once

#include <sys/types.h>

#include <list>
#include <string>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/lifecycle/event_loop.h"
#include "runtime/lifecycle/log_writer.h"

namespace runtime::lifecycle {

class Output {
 public:
  // Both must outlive the object.
  Output(EventLoop& loop, LogWriter& log) : loop_(loop), log_(log) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  // A new reader `id`: the read ends of its pipes, one per stream. From the next byte on. Throws
  // Error.
  std::vector<base::UniqueFd> Attach(uint64_t id, bool terminal);
  // Unknown ids are fine.
  void Detach(uint64_t id);

  // Reads from here on: the read ends of standard output and error, or a terminal's master side
  // and -1. Borrowed until Finish().
  void Begin(int out, int err);
  // The container has ended: passes on what is left of it and lets the readers go. Doesn't wait.
  void Finish();

 private:
  struct Sink {
    uint64_t id;
    base::UniqueFd pipe;
    std::string pending;
    EventLoop::Watch watch = 0;
  };
  struct Source {
    int fd = -1;
    LogStream stream = LogStream::kOut;
    EventLoop::Watch watch = 0;
    std::list<Sink> sinks;
  };

  void Watch(Source& source);
  // False at the end, or when there is nothing now.
  bool ReadOnce(Source& source);
  void Give(Source& source, Sink& sink, std::string_view bytes);
  void Drop(Source& source, uint64_t id);

  EventLoop& loop_;
  LogWriter& log_;
  Source sources_[2];
};

}  // namespace runtime::lifecycle
