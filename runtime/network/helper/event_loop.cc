#include "runtime/network/helper/event_loop.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/base/error.h"

namespace runtime::network::helper {
namespace {

constexpr int64_t kTickMs = 1000;

}  // namespace

int64_t NowMs() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) {
    throw base::Error::FromErrno("epoll_create1");
  }
}

void EventLoop::Add(int fd, uint32_t events, Handler handler) {
  epoll_event event = {};
  event.events = events;
  event.data.fd = fd;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    throw base::Error::FromErrno("epoll_ctl");
  }
  handlers_[fd] = std::make_shared<Handler>(std::move(handler));
}

void EventLoop::Change(int fd, uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.fd = fd;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::Remove(int fd) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  handlers_.erase(fd);
}

void EventLoop::AddTicker(std::function<bool()> ticker) { tickers_.push_back(std::move(ticker)); }

void EventLoop::WakeTickers() {
  if (!ticking_) {
    ticking_ = true;
    next_tick_ms_ = NowMs() + kTickMs;
  }
}

void EventLoop::Turn() {
  const int patience =
      ticking_ ? static_cast<int>(std::clamp<int64_t>(next_tick_ms_ - NowMs(), 0, kTickMs)) : -1;
  std::array<epoll_event, 64> events;
  const int count =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), patience);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    // A handler before may have removed it; and one may remove itself.
    const auto found = handlers_.find(event.data.fd);
    if (found != handlers_.end()) {
      const std::shared_ptr<Handler> handler = found->second;
      (*handler)(event.events);
    }
  }
  if (ticking_ && NowMs() >= next_tick_ms_) {
    Tick();
  }
}

void EventLoop::Tick() {
  bool more = false;
  for (const std::function<bool()>& ticker : tickers_) {
    more = ticker() || more;
  }
  ticking_ = more;
  next_tick_ms_ = NowMs() + kTickMs;
}

}  // namespace runtime::network::helper
