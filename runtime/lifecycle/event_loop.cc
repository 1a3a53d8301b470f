#include "runtime/lifecycle/event_loop.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "runtime/base/error.h"

namespace runtime::lifecycle {
using base::Error;

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) {
    throw Error::FromErrno("epoll");
  }
}

EventLoop::Watch EventLoop::Add(int fd, uint32_t events, Handler handler) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = next_;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    throw Error::FromErrno("watch a descriptor");
  }
  entries_[next_] = {fd, std::move(handler)};
  return next_++;
}

void EventLoop::Change(Watch watch, uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = watch;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, entries_.at(watch).fd, &event);
}

void EventLoop::Remove(Watch watch) {
  const auto entry = entries_.find(watch);
  if (entry != entries_.end()) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry->second.fd, nullptr);
    entries_.erase(entry);
  }
}

void EventLoop::Dispatch() { Handle(0); }

void EventLoop::Await() { Handle(-1); }

void EventLoop::Handle(int timeout_ms) {
  std::array<epoll_event, 16> events;
  const int count =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
  if (count < 0 && errno != EINTR) {
    throw Error::FromErrno("wait for events");
  }
  for (int i = 0; i < count; ++i) {
    const auto entry = entries_.find(events[static_cast<size_t>(i)].data.u64);
    if (entry == entries_.end()) {
      continue;  // An earlier handler removed it.
    }
    const Handler handler = entry->second.handler;  // It may remove itself.
    try {
      handler();
    } catch (const std::exception&) {
      continue;
    }
  }
}

Timer::Timer(EventLoop& loop, EventLoop::Handler handler)
    : loop_(loop), fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (!fd_) {
    throw Error::FromErrno("make a timer");
  }
  const int fd = fd_.get();
  watch_ = loop_.Add(fd, EPOLLIN, [fd, handler = std::move(handler)] {
    uint64_t times = 0;
    if (::read(fd, &times, sizeof times) == static_cast<ssize_t>(sizeof times)) {
      handler();
    }
  });
}

Timer::~Timer() { loop_.Remove(watch_); }

void Timer::Set(std::chrono::milliseconds delay) {
  itimerspec time = {};
  time.it_value.tv_sec = delay.count() / 1000;
  time.it_value.tv_nsec = delay.count() % 1000 * 1'000'000;
  if (delay.count() <= 0) {
    time.it_value.tv_nsec = 1;  // Zero would disarm it.
  }
  ::timerfd_settime(fd_.get(), 0, &time, nullptr);
}

void Timer::Cancel() {
  const itimerspec never = {};
  ::timerfd_settime(fd_.get(), 0, &never, nullptr);
}

}  // namespace runtime::lifecycle
