// A client that sends exactly the bytes it is given: what a hostile one does to a listener.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/fd.h"

namespace tests {

class RawClient {
 public:
  // "127.0.0.1:8080" or "unix:/path". Throws Error when nobody listens.
  explicit RawClient(const std::string& address);

  // Sends all of it; false when the other side closed in the middle.
  bool Send(std::string_view bytes);
  // No more bytes will come.
  void FinishSending();

  struct Answer {
    int status = 0;  // 0: closed without an answer
    std::string head;
    std::string body;
  };
  // One response with a Content-Length. `head_only` for an answer to HEAD.
  Answer Read(bool head_only = false);

  // Everything until the other side closes; gives up after 20 s without a byte.
  std::string ReadToEnd();
  // Waits until the other side closes, and sends nothing before; false after 20 s, or for a byte.
  bool AwaitClose();

 private:
  bool Fill();
  runtime::base::UniqueFd socket_;
  std::string received_;
};

// One request on a connection of its own.
RawClient::Answer Ask(const std::string& address, std::string_view request);

}  // namespace tests
