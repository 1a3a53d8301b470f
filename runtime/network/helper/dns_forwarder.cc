#include "runtime/network/helper/dns_forwarder.h"

#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace runtime::network::helper {
namespace {

constexpr size_t kMaxWaiting = 512;
constexpr int64_t kPatienceMs = 2000;  // with one nameserver
constexpr unsigned kRounds = 2;

uint16_t RandomId() {
  uint16_t id = 0;
  [[maybe_unused]] const ssize_t n = ::getrandom(&id, sizeof id, 0);
  return id;
}

}  // namespace

DnsForwarder::DnsForwarder(EventLoop& loop, std::vector<Upstream> upstreams, uint16_t port)
    : loop_(loop), upstreams_(std::move(upstreams)), port_(port) {
  loop_.AddTicker([this] { return EndLate(); });
}

Upstream& DnsForwarder::UpstreamOf(const Question& question) {
  return upstreams_[question.attempt % upstreams_.size()];
}

void DnsForwarder::Ask(const DnsQuery& query, Reply reply) {
  Question question;
  question.query = query;
  question.reply = std::move(reply);
  if (upstreams_.empty() || waiting_.size() >= kMaxWaiting) {
    question.reply(DnsRefusal(query, DnsCode::kServerFailure));
    return;
  }
  Begin(std::move(question));
}

void DnsForwarder::Begin(Question question) {
  while (question.attempt < kRounds * upstreams_.size()) {
    if (UpstreamOf(question).datagrams.empty()) {
      waiting_.push_back(std::move(question));
      return;
    }
    question.id = RandomId();
    question.connected = false;
    if (Connect(question, UpstreamOf(question).datagrams) && Send(question)) {
      const Place place = active_.insert(active_.end(), std::move(question));
      place->deadline_ms = NowMs() + kPatienceMs;
      loop_.Add(place->fd.get(), EPOLLIN, [this, place](uint32_t) { TakeDatagram(place); });
      loop_.WakeTickers();
      return;
    }
    if (question.fd) {
      UpstreamOf(question).datagrams.push_back(std::move(question.fd));
    }
    ++question.attempt;
  }
  question.reply(question.second_best.empty() ? DnsRefusal(question.query, DnsCode::kServerFailure)
                                              : std::move(question.second_best));
}

// An association that was dissolved (connect(2), AF_UNSPEC) leaves a socket as new: it gets another
// port of the kernel's choice.
bool DnsForwarder::Connect(Question& question, std::vector<base::UniqueFd>& sockets) {
  question.fd = std::move(sockets.back());
  sockets.pop_back();
  sockaddr unspecified = {};
  unspecified.sa_family = AF_UNSPEC;
  ::connect(question.fd.get(), &unspecified, sizeof unspecified);
  const SocketAddress where(UpstreamOf(question).address, port_);
  return ::connect(question.fd.get(), where.get(), where.size) == 0 || errno == EINPROGRESS;
}

bool DnsForwarder::Send(Question& question) {
  const std::string packet = DnsQuestion(question.query, question.id);
  return ::send(question.fd.get(), packet.data(), packet.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(packet.size());
}

void DnsForwarder::TakeDatagram(Place place) {
  std::array<char, 4096> buffer;
  const ssize_t n = ::recv(place->fd.get(), buffer.data(), buffer.size(), 0);
  if (n < 0 && WouldBlock()) {
    return;
  }
  if (n < 0) {  // Nobody listens there.
    TryNext(place);
    return;
  }
  std::string answer(buffer.data(), static_cast<size_t>(n));
  if (!AnswersDnsQuery(answer, place->id, place->query.question)) {
    return;
  }
  SetDnsId(answer, place->query.id);
  if (IsCutDnsAnswer(answer)) {
    place->second_best = std::move(answer);
    BeginConnection(place);
  } else if (IsUsefulDnsAnswer(answer)) {
    Finish(place, std::move(answer));
  } else {
    place->second_best = std::move(answer);
    TryNext(place);
  }
}

void DnsForwarder::BeginConnection(Place place) {
  Question question = TakeOut(place);
  std::vector<base::UniqueFd>& sockets = UpstreamOf(question).connections;
  const bool began = !sockets.empty() && Connect(question, sockets);
  if (!began) {
    // The asker is told that it was cut, and may ask again.
    if (question.fd) {
      sockets.push_back(std::move(question.fd));
    }
    question.reply(std::move(question.second_best));
    BeginWaiting();
    return;
  }
  question.connected = true;
  question.out = DnsQuestion(question.query, question.id);
  question.out.insert(
      0, {static_cast<char>(question.out.size() >> 8), static_cast<char>(question.out.size())});
  question.in.clear();
  const Place again = active_.insert(active_.end(), std::move(question));
  again->deadline_ms = NowMs() + kPatienceMs;
  loop_.Add(again->fd.get(), EPOLLOUT, [this, again](uint32_t) { ContinueConnection(again); });
  BeginWaiting();
}

void DnsForwarder::ContinueConnection(Place place) {
  if (!place->out.empty()) {
    const ssize_t n = ::send(place->fd.get(), place->out.data(), place->out.size(), MSG_NOSIGNAL);
    if (n < 0 && !WouldBlock()) {
      Finish(place, place->second_best);
    } else if (n > 0) {
      place->out.erase(0, static_cast<size_t>(n));
      loop_.Change(place->fd.get(), place->out.empty() ? EPOLLIN : EPOLLOUT);
    }
    return;
  }
  std::array<char, 16384> buffer;
  const ssize_t n = ::recv(place->fd.get(), buffer.data(), buffer.size(), 0);
  if (n < 0 && WouldBlock()) {
    return;
  }
  place->in.append(buffer.data(), n > 0 ? static_cast<size_t>(n) : 0);
  const size_t length = place->in.size() < 2
                            ? kMaxDnsMessage
                            : static_cast<size_t>(static_cast<uint8_t>(place->in[0])) << 8 |
                                  static_cast<uint8_t>(place->in[1]);
  if (place->in.size() < length + 2) {
    if (n <= 0) {
      Finish(place, place->second_best);
    }
    return;
  }
  std::string answer = place->in.substr(2, length);
  if (AnswersDnsQuery(answer, place->id, place->query.question)) {
    SetDnsId(answer, place->query.id);
    Finish(place, std::move(answer));
  } else {
    Finish(place, place->second_best);
  }
}

DnsForwarder::Question DnsForwarder::TakeOut(Place place) {
  loop_.Remove(place->fd.get());
  Question question = std::move(*place);
  active_.erase(place);
  Upstream& upstream = UpstreamOf(question);
  (question.connected ? upstream.connections : upstream.datagrams)
      .push_back(std::move(question.fd));
  return question;
}

void DnsForwarder::TryNext(Place place) {
  Question question = TakeOut(place);
  ++question.attempt;
  Begin(std::move(question));
  BeginWaiting();
}

void DnsForwarder::Finish(Place place, std::string answer) {
  const Question question = TakeOut(place);
  question.reply(std::move(answer));
  BeginWaiting();
}

void DnsForwarder::BeginWaiting() {
  for (size_t count = waiting_.size(); count > 0; --count) {
    Question question = std::move(waiting_.front());
    waiting_.pop_front();
    Begin(std::move(question));
  }
}

bool DnsForwarder::EndLate() {
  const int64_t now = NowMs();
  std::vector<Place> late;
  for (Place place = active_.begin(); place != active_.end(); ++place) {
    if (place->deadline_ms <= now) {
      late.push_back(place);
    }
  }
  for (const Place place : late) {
    if (place->connected) {
      Finish(place, place->second_best);
    } else {
      TryNext(place);
    }
  }
  return !active_.empty();
}

}  // namespace runtime::network::helper
