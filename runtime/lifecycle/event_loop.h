// EventLoop: descriptors and what is to be done when they are ready (epoll(7)). One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>

#include "runtime/base/fd.h"

namespace runtime::lifecycle {

class EventLoop {
 public:
  using Handler = std::function<void()>;
  // Names one watch; never used again.
  using Watch = uint64_t;

  EventLoop();

  // `events` as of epoll_ctl(2); 0 watches for errors and the hang-up only. The descriptor is
  // borrowed until Remove(). The handler may add and remove watches, also its own. What it throws
  // is dropped: a container must not end because of it. Throws Error.
  Watch Add(int fd, uint32_t events, Handler handler);
  void Change(Watch watch, uint32_t events);
  // Before the descriptor is closed. An unknown one is fine.
  void Remove(Watch watch);

  // Ready to be read when something is to be handled: for a loop around this one.
  int fd() const { return epoll_.get(); }
  // Handles what is ready now.
  void Dispatch();
  // Waits for the first event and handles what is ready.
  void Await();

 private:
  struct Entry {
    int fd;
    Handler handler;
  };
  void Handle(int timeout_ms);

  base::UniqueFd epoll_;
  Watch next_ = 1;
  std::map<Watch, Entry> entries_;
};

// Calls its handler once, at a time. Can be set again.
class Timer {
 public:
  Timer(EventLoop& loop, EventLoop::Handler handler);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();

  // From now; replaces an earlier time. Zero is at once.
  void Set(std::chrono::milliseconds delay);
  void Cancel();

 private:
  EventLoop& loop_;
  base::UniqueFd fd_;
  EventLoop::Watch watch_;
};

}  // namespace runtime::lifecycle
