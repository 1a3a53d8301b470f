#include "runtime/network/helper/dns_forwarder.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <optional>
#include <set>

#include "tests/unit/network/dns_messages.h"

namespace runtime::network::helper {
namespace {

using tests::CodeOf;
using tests::Question;
using tests::Short;

const IpAddress kFirst = *IpAddress::Parse("127.0.0.1");
const IpAddress kSecond = *IpAddress::Parse("127.0.0.2");

// A nameserver that answers what the test says, on one port of loopback for UDP and TCP.
class Nameserver {
 public:
  explicit Nameserver(const IpAddress& address, uint16_t port = 0) {
    // A port that is free for UDP may be somebody's for TCP.
    bool bound = Bind(address, port);
    while (!bound && port == 0 && errno == EADDRINUSE) {
      bound = Bind(address, port);
    }
    EXPECT_TRUE(bound);
    EXPECT_EQ(::listen(tcp_.get(), 8), 0);
  }

  // The next question over UDP, if one is there.
  std::optional<std::string> Take() {
    std::array<char, 4096> buffer;
    size_ = sizeof from_;
    const ssize_t n = ::recvfrom(udp_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                                 reinterpret_cast<sockaddr*>(&from_), &size_);
    if (n < 0) {
      return std::nullopt;
    }
    ports_.insert(ntohs(from_.sin_port));
    return std::string(buffer.data(), static_cast<size_t>(n));
  }
  // To who asked last.
  void Send(const std::string& answer) const {
    ::sendto(udp_.get(), answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from_),
             size_);
  }
  std::optional<base::UniqueFd> TakeConnection() const {
    pollfd event = {tcp_.get(), POLLIN, 0};
    if (::poll(&event, 1, 0) != 1) {
      return std::nullopt;
    }
    return base::UniqueFd(::accept4(tcp_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  void CloseUdp() { udp_.Reset(); }
  uint16_t port() const { return port_; }
  const std::set<uint16_t>& ports() const { return ports_; }

 private:
  bool Bind(const IpAddress& address, uint16_t port) {
    udp_.Reset(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    tcp_.Reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const SocketAddress where(address, port);
    sockaddr_in bound = {};
    socklen_t size = sizeof bound;
    if (::bind(udp_.get(), where.get(), where.size) != 0 ||
        ::getsockname(udp_.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
      return false;
    }
    port_ = ntohs(bound.sin_port);
    const SocketAddress same(address, port_);
    return ::bind(tcp_.get(), same.get(), same.size) == 0;
  }

  base::UniqueFd udp_;
  base::UniqueFd tcp_;
  uint16_t port_ = 0;
  sockaddr_in from_ = {};
  socklen_t size_ = 0;
  std::set<uint16_t> ports_;
};

class DnsForwarderTest : public testing::Test {
 protected:
  DnsForwarderTest() {
    std::vector<Upstream> upstreams;
    for (const IpAddress& address : {kFirst, kSecond}) {
      Upstream& upstream = upstreams.emplace_back();
      upstream.address = address;
      for (int i = 0; i < 2; ++i) {
        upstream.datagrams.emplace_back(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
      }
      upstream.connections.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    }
    forwarder_.emplace(loop_, std::move(upstreams), first_.port());
  }

  static DnsQuery Query(unsigned id = 0x1234) {
    Question question;
    question.id = id;
    return *ReadDnsRequest(question.Bytes()).query;
  }
  void Ask(unsigned id = 0x1234) {
    forwarder_->Ask(Query(id), [this](const std::string& answer) { answers_.push_back(answer); });
  }
  std::string AwaitQuestion(Nameserver& server) {
    std::optional<std::string> question;
    while (!(question = server.Take())) {
      loop_.Turn();
    }
    return *question;
  }
  std::string AwaitAnswer() {
    while (answers_.empty()) {
      loop_.Turn();
    }
    return answers_.back();
  }
  static std::string AnswerTo(const std::string& question, DnsCode code = DnsCode::kNoError) {
    const DnsQuery query = *ReadDnsRequest(question).query;
    return code == DnsCode::kNoError ? DnsAnswer(query, {kSecond}) : DnsRefusal(query, code);
  }
  static std::string Cut(std::string answer) {
    answer[2] = static_cast<char>(answer[2] | 0x02);
    return answer;
  }

  EventLoop loop_;
  Nameserver first_{kFirst};
  Nameserver second_{kSecond, first_.port()};
  std::vector<std::string> answers_;
  std::optional<DnsForwarder> forwarder_;
};

TEST_F(DnsForwarderTest, HandsTheAnswerBackUnderTheAskersId) {
  Ask();
  const std::string question = AwaitQuestion(first_);
  first_.Send(AnswerTo(question));
  EXPECT_TRUE(AnswersDnsQuery(AwaitAnswer(), 0x1234, Query().question));
  EXPECT_EQ(answers_.size(), 1u);
}

TEST_F(DnsForwarderTest, TakesNoAnswerToAnotherQuestion) {
  Ask();
  const std::string question = AwaitQuestion(first_);
  std::string forged = AnswerTo(question, DnsCode::kNoSuchName);
  forged[0] = static_cast<char>(forged[0] ^ 1);  // another id
  first_.Send(forged);
  Question other;
  other.name = tests::WireName("dc");
  other.id = static_cast<uint8_t>(question[0]) << 8 | static_cast<uint8_t>(question[1]);
  first_.Send(AnswerTo(other.Bytes(), DnsCode::kNoSuchName));
  first_.Send(question);
  first_.Send("x");
  first_.Send(AnswerTo(question));
  EXPECT_EQ(CodeOf(AwaitAnswer()), 0u);
}

TEST_F(DnsForwarderTest, AsksTheNextNameserverWhereNobodyListens) {
  first_.CloseUdp();
  Ask();
  second_.Send(AnswerTo(AwaitQuestion(second_)));
  EXPECT_EQ(CodeOf(AwaitAnswer()), 0u);
}

TEST_F(DnsForwarderTest, AsksTheNextNameserverWhenOneFails) {
  Ask();
  first_.Send(AnswerTo(AwaitQuestion(first_), DnsCode::kServerFailure));
  second_.Send(AnswerTo(AwaitQuestion(second_)));
  EXPECT_EQ(CodeOf(AwaitAnswer()), 0u);
}

TEST_F(DnsForwarderTest, TakesThatThereIsNoSuchNameForAnAnswer) {
  Ask();
  first_.Send(AnswerTo(AwaitQuestion(first_), DnsCode::kNoSuchName));
  EXPECT_EQ(CodeOf(AwaitAnswer()), 3u);
}

TEST_F(DnsForwarderTest, SaysSoWhenNobodyAnswers) {
  first_.CloseUdp();
  second_.CloseUdp();
  Ask();
  EXPECT_EQ(CodeOf(AwaitAnswer()), 2u);
}

TEST_F(DnsForwarderTest, AsksTheNextNameserverWhenOneIsSilent) {
  Ask();
  AwaitQuestion(first_);
  second_.Send(AnswerTo(AwaitQuestion(second_)));
  EXPECT_EQ(CodeOf(AwaitAnswer()), 0u);
}

TEST_F(DnsForwarderTest, AsksAgainOverTcpWhatWasCut) {
  Ask();
  first_.Send(Cut(AnswerTo(AwaitQuestion(first_))));
  std::optional<base::UniqueFd> connection;
  while (!(connection = first_.TakeConnection())) {
    loop_.Turn();
  }
  std::array<char, 512> buffer;
  ssize_t n = 0;
  while ((n = ::recv(connection->get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) < 0) {
    loop_.Turn();
  }
  const std::string whole =
      DnsAnswer(*ReadDnsRequest(std::string(buffer.data() + 2, static_cast<size_t>(n) - 2)).query,
                std::vector<IpAddress>(32, kFirst));
  const std::string framed = Short(static_cast<unsigned>(whole.size())) + whole;
  // In two pieces.
  ::send(connection->get(), framed.data(), 100, 0);
  loop_.Turn();
  ::send(connection->get(), framed.data() + 100, framed.size() - 100, 0);
  EXPECT_EQ(AwaitAnswer().size(), whole.size());
}

TEST_F(DnsForwarderTest, HandsTheCutAnswerOnWhenTcpFails) {
  Ask();
  first_.Send(Cut(AnswerTo(AwaitQuestion(first_))));
  std::optional<base::UniqueFd> connection;
  while (!(connection = first_.TakeConnection())) {
    loop_.Turn();
  }
  connection->Reset();
  EXPECT_EQ(AwaitAnswer()[2] & 0x02, 0x02);
}

TEST_F(DnsForwarderTest, LetsQuestionsWaitForASocketAndUsesEachAgain) {
  for (unsigned i = 0; i < 100; ++i) {
    Ask(i);
  }
  for (unsigned i = 0; i < 100; ++i) {
    first_.Send(AnswerTo(AwaitQuestion(first_)));
  }
  while (answers_.size() < 100) {
    loop_.Turn();
  }
  std::set<std::string> ids;
  for (const std::string& answer : answers_) {
    EXPECT_EQ(CodeOf(answer), 0u);
    ids.insert(answer.substr(0, 2));
  }
  EXPECT_EQ(ids.size(), 100u);
  // From another port each time, so that a stranger must guess it.
  EXPECT_GT(first_.ports().size(), 50u);
}

TEST_F(DnsForwarderTest, RefusesWhatIsTooMuchToWait) {
  for (unsigned i = 0; i < 600; ++i) {
    Ask(i);
  }
  EXPECT_GT(answers_.size(), 50u);
  EXPECT_EQ(CodeOf(answers_.front()), 2u);
}

TEST(DnsForwarder, WithoutNameserversSaysSo) {
  EventLoop loop;
  DnsForwarder forwarder(loop, {});
  std::string answer;
  forwarder.Ask(*ReadDnsRequest(Question().Bytes()).query,
                [&](const std::string& a) { answer = a; });
  EXPECT_EQ(CodeOf(answer), 2u);
}

}  // namespace
}  // namespace runtime::network::helper
