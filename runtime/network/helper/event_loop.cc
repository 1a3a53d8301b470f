#include "runtime/network/helper/event_loop.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/base/error.h"

namespace runtime::network::helper {
namespace {

constexpr int64_t kTickMs = 1000;

epoll_event EventOf(int fd, uint32_t generation, uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = static_cast<uint64_t>(generation) << 32 | static_cast<uint32_t>(fd);
  return event;
}

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
  const Entry entry = {next_generation_++, std::make_shared<Handler>(std::move(handler))};
  epoll_event event = EventOf(fd, entry.generation, events);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    throw base::Error::FromErrno("epoll_ctl");
  }
  entries_[fd] = entry;
}

void EventLoop::Change(int fd, uint32_t events) {
  const auto found = entries_.find(fd);
  if (found != entries_.end()) {
    epoll_event event = EventOf(fd, found->second.generation, events);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
  }
}

void EventLoop::Remove(int fd) {
  if (entries_.erase(fd) > 0) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  }
}

int EventLoop::AddTicker(std::function<bool()> ticker) {
  tickers_[next_ticker_] = std::move(ticker);
  return next_ticker_++;
}

void EventLoop::RemoveTicker(int ticker) { tickers_.erase(ticker); }

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
    const auto found = entries_.find(static_cast<int>(event.data.u64 & 0xffffffff));
    if (found != entries_.end() && found->second.generation == event.data.u64 >> 32) {
      const std::shared_ptr<Handler> handler = found->second.handler;
      (*handler)(event.events);
    }
  }
  if (ticking_ && NowMs() >= next_tick_ms_) {
    Tick();
  }
}

void EventLoop::Tick() {
  bool more = false;
  for (const auto& [id, ticker] : tickers_) {
    more = ticker() || more;
  }
  ticking_ = more;
  next_tick_ms_ = NowMs() + kTickMs;
}

}  // namespace runtime::network::helper
