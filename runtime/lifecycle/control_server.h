// ControlServer: the monitor's side of control.h. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/lifecycle/control.h"
#include "runtime/lifecycle/event_loop.h"

namespace runtime::lifecycle {

class ControlServer {
 public:
  // Names one connection; never used again.
  using Client = uint64_t;
  // What it throws is answered with kFailed.
  using OnRequest = std::function<void(Client, const Request&, std::vector<base::UniqueFd> files)>;
  using OnGone = std::function<void(Client)>;

  ControlServer(EventLoop& loop, OnRequest on_request, OnGone on_gone);
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  ~ControlServer();

  // Takes connections from this socket. Throws Error.
  void Listen(base::UniqueFd socket);
  // Takes over a connection. Throws Error.
  Client Adopt(base::UniqueFd socket);

  // To one that is gone: nothing. One that takes no replies in is let go.
  void Send(Client client, const Reply& reply, std::span<const int> files = {});
  void SendDone(Client client, std::span<const int> files = {});
  void SendFailure(Client client, const base::Error& error, int number = 0);

 private:
  struct Peer {
    base::UniqueFd socket;
    EventLoop::Watch watch = 0;
  };
  void Accept();
  void Receive(Client client);
  void Close(Client client);

  EventLoop& loop_;
  OnRequest on_request_;
  OnGone on_gone_;
  base::UniqueFd listener_;
  EventLoop::Watch listener_watch_ = 0;
  Client next_ = 1;
  std::map<Client, Peer> peers_;
};

}  // namespace runtime::lifecycle
