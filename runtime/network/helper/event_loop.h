// EventLoop: what one thread waits for, by epoll(7), and what it does then.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::network::helper {

class EventLoop {
 public:
  using Handler = std::function<void(uint32_t events)>;

  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Calls `handler` whenever `events` (EPOLLIN, EPOLLOUT) are there; level triggered, and now and
  // then for nothing: the descriptor must not block. The caller owns it and removes it before it
  // closes it. Throws Error.
  void Add(int fd, uint32_t events, Handler handler);
  void Change(int fd, uint32_t events);
  void Remove(int fd);  // Also from inside of any handler.

  // Called about once a second after WakeTickers(), until every ticker answers that it has nothing
  // more to watch the time for. An idle loop sleeps.
  void AddTicker(std::function<bool()> ticker);
  void WakeTickers();

  // One round: waits, and calls the handlers.
  void Turn();

 private:
  void Tick();

  base::UniqueFd epoll_;
  std::map<int, std::shared_ptr<Handler>> handlers_;
  std::vector<std::function<bool()>> tickers_;
  bool ticking_ = false;
  int64_t next_tick_ms_ = 0;
};

// Milliseconds of CLOCK_MONOTONIC.
int64_t NowMs();

}  // namespace runtime::network::helper
