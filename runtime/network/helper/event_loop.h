// EventLoop: what one thread waits for, by epoll(7), and what it does then.
#pragma once

#include <sys/epoll.h>

#include <cerrno>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "runtime/base/fd.h"

namespace runtime::network::helper {

// Whether the call that just failed is to be made again when the loop says so.
inline bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

class EventLoop {
 public:
  using Handler = std::function<void(uint32_t events)>;

  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Calls `handler` whenever `events` (EPOLLIN, EPOLLOUT) are there; level triggered. The caller
  // owns the descriptor, which doesn't block, and removes it before it closes it. Throws Error.
  void Add(int fd, uint32_t events, Handler handler);
  void Change(int fd, uint32_t events);
  void Remove(int fd);  // Also from inside of any handler.

  // Called about once a second after WakeTickers(), until every ticker answers that it has nothing
  // more to watch the time for. An idle loop sleeps.
  int AddTicker(std::function<bool()> ticker);
  void RemoveTicker(int ticker);  // what AddTicker() answered
  void WakeTickers();

  // One round: waits, and calls the handlers.
  void Turn();

 private:
  void Tick();

  // What a descriptor is waited for with. A number that is closed may be another's at once, and
  // what was seen of the first isn't about the second.
  struct Entry {
    uint32_t generation;
    std::shared_ptr<Handler> handler;
  };

  base::UniqueFd epoll_;
  std::map<int, Entry> entries_;
  uint32_t next_generation_ = 0;
  std::map<int, std::function<bool()>> tickers_;
  int next_ticker_ = 0;
  bool ticking_ = false;
  int64_t next_tick_ms_ = 0;
};

// Milliseconds of CLOCK_MONOTONIC.
int64_t NowMs();

}  // namespace runtime::network::helper
