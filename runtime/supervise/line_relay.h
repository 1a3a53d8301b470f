// LineRelay: the pipe that a service writes to, and its way line by line to the output.
//
// One pipe for the service's whole life, so that what its orphans write has its name too.
#pragma once

#include <cstddef>

#include "runtime/supervise/output.h"

namespace runtime::supervise {

class LineRelay {
 public:
  // `name` must outlive the object. False, with errno, when no pipe is to be had.
  bool Open(const char* name);

  int reader() const { return reader_; }
  int writer() const { return writer_; }  // what the service gets as 1 and 2

  // Passes on what is there and fits. True when there may be more though the pipe has nothing to
  // tell: to be called again once the output has room.
  bool Pump(Output& output);

  // The service has ended: once its pipe is empty, the beginning of a line counts as a line.
  void EndLine() { end_line_ = true; }

 private:
  bool MoveLines(Output& output);
  bool MoveRest(Output& output);

  const char* name_ = "";
  int reader_ = -1;
  int writer_ = -1;
  bool end_line_ = false;
  size_t used_ = 0;
  char data_[kMaxLine];
};

}  // namespace runtime::supervise
