#include "runtime/base/resolve.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "runtime/base/error.h"
#include "runtime/base/stop.h"

namespace runtime::base {
namespace {

struct Answer {
  int code = 0;
  Addresses addresses;
};

Answer Ask(const std::string& host, int port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  return {code, Addresses(code == 0 ? list : nullptr)};
}

// What the asking thread and who waits for it share; the last of them removes it.
struct Question {
  std::mutex mutex;
  std::condition_variable_any answered;
  bool done = false;
  Answer answer;
};

// getaddrinfo(3) can't be interrupted: after a stop its thread ends alone, at the latest when the
// resolver's own patience does (resolv.conf(5)).
Answer AskUnlessStopped(const std::string& host, int port, const std::stop_token& stop) {
  const auto question = std::make_shared<Question>();
  std::thread([question, host, port] {
    Answer answer = Ask(host, port, 0);
    const std::lock_guard lock(question->mutex);
    question->answer = std::move(answer);
    question->done = true;
    question->answered.notify_all();
  }).detach();
  std::unique_lock lock(question->mutex);
  question->answered.wait(lock, stop, [&] { return question->done; });
  ThrowIfStopped(stop);
  return std::move(question->answer);
}

}  // namespace

Addresses Resolve(const std::string& host, int port, const std::stop_token& stop) {
  return WithContext("resolve " + host, [&] {
    Answer answer = Ask(host, port, AI_NUMERICHOST);
    if (answer.code != 0) {
      answer = stop.stop_possible() ? AskUnlessStopped(host, port, stop) : Ask(host, port, 0);
    }
    if (answer.code != 0) {
      throw Error(answer.code == EAI_NONAME ? ErrorKind::kNotFound : ErrorKind::kUnavailable,
                  ::gai_strerror(answer.code));
    }
    return std::move(answer.addresses);
  });
}

}  // namespace runtime::base
