// Control: how `runner-init status|start|stop NAME` reaches the supervisor of its container.
//
// A datagram socket at kControlPath that only the supervisor's user may write to. A request is one
// packet "VERB" or "VERB NAME", an answer another: "0" or "1" for the client's exit code, then what
// it prints.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string_view>

#include "runtime/supervise/text.h"

namespace runtime::supervise {

inline constexpr char kControlPath[] = "/run/runner-init.socket";
inline constexpr size_t kMaxRequest = 128;
using Reply = Text<8192>;

// Who asked, for an answer that may come later.
struct Asker {
  sockaddr_un address = {};
  socklen_t length = 0;  // 0: nobody
};

class Control {
 public:
  // Without a place for its socket (a read-only image) there is no control: fd() is -1.
  void Open();
  int fd() const { return fd_; }

  struct Request {
    Asker asker;
    char text[kMaxRequest + 1] = {};
  };
  // False when none has come. Never blocks.
  bool Receive(Request& request) const;
  // Does nothing for nobody.
  void Answer(const Asker& asker, bool success, std::string_view text) const;

 private:
  int fd_ = -1;
};

// The client: sends the request, prints the answer, and returns the exit code.
int Ask(std::string_view request);

}  // namespace runtime::supervise
