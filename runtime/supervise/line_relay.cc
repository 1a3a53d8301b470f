#include "runtime/supervise/line_relay.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

namespace runtime::supervise {
namespace {

// A service that never stops writing must not keep the supervisor from its other work.
constexpr int kReadsAtOnce = 16;

}  // namespace

bool LineRelay::Open(const char* name) {
  name_ = name;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return false;
  }
  reader_ = ends[0];
  writer_ = ends[1];
  // Of the reading side only: the two are separate open file descriptions.
  return ::fcntl(reader_, F_SETFL, O_NONBLOCK) == 0;
}

// False when the output has no room for the next line.
bool LineRelay::MoveLines(Output& output) {
  size_t begin = 0;
  bool room = true;
  while (room && begin < used_) {
    const void* end = ::memchr(data_ + begin, '\n', used_ - begin);
    const bool full = begin == 0 && used_ == sizeof data_;
    if (end == nullptr && !full) {
      break;
    }
    const size_t length =
        end == nullptr ? used_ : static_cast<size_t>(static_cast<const char*>(end) - data_) - begin;
    room = output.Add(name_, {data_ + begin, length});
    begin += room ? length + (end == nullptr ? 0 : 1) : 0;
  }
  used_ -= begin;
  ::memmove(data_, data_ + begin, used_);
  return room;
}

// False when the output has no room for it.
bool LineRelay::MoveRest(Output& output) {
  if (end_line_ && used_ > 0 && !output.Add(name_, {data_, used_})) {
    return false;
  }
  used_ = end_line_ ? 0 : used_;
  end_line_ = false;
  return true;
}

bool LineRelay::Pump(Output& output) {
  for (int i = 0; i < kReadsAtOnce; ++i) {
    if (!MoveLines(output)) {
      return true;
    }
    const ssize_t n = ::read(reader_, data_ + used_, sizeof data_ - used_);
    if (n <= 0) {
      return !MoveRest(output);
    }
    used_ += static_cast<size_t>(n);
  }
  MoveLines(output);
  return true;
}

}  // namespace runtime::supervise
