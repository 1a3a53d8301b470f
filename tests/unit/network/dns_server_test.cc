#include "runtime/network/helper/dns_server.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <array>
#include <optional>
#include <vector>

#include "tests/unit/network/dns_messages.h"

namespace runtime::network::helper {
namespace {

using tests::CodeOf;
using tests::Question;
using tests::Short;

const IpAddress kLocalhost = *IpAddress::Parse("127.0.0.1");

// A server on a loopback port; its loop turns while the test waits for an answer.
class DnsServerTest : public testing::Test {
 protected:
  static base::UniqueFd Bound(int type) {
    base::UniqueFd fd(::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const SocketAddress any(kLocalhost, 0);
    EXPECT_EQ(::bind(fd.get(), any.get(), any.size), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(fd.get(), 256), 0);
    }
    return fd;
  }
  static base::UniqueFd ConnectedTo(int server, int type) {
    sockaddr_storage where;
    socklen_t size = sizeof where;
    EXPECT_EQ(::getsockname(server, reinterpret_cast<sockaddr*>(&where), &size), 0);
    base::UniqueFd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&where), size), 0);
    return fd;
  }

  DnsServerTest() {
    base::UniqueFd udp = Bound(SOCK_DGRAM);
    base::UniqueFd tcp = Bound(SOCK_STREAM);
    udp_ = udp.get();
    tcp_ = tcp.get();
    server_.emplace(
        loop_, std::move(udp), std::move(tcp),
        [this](const IpAddress& from, const DnsQuery& query, const DnsServer::Reply& reply) {
          asker_ = from;
          if (late_) {
            waiting_.push_back(reply);
          } else {
            reply(DnsAnswer(query, std::vector(addresses_, kLocalhost)));
          }
        });
  }

  // What comes back, or nothing at the end of the connection.
  std::optional<std::string> Receive(int fd) {
    while (true) {
      pollfd event = {fd, POLLIN, 0};
      if (::poll(&event, 1, 0) == 1) {
        std::array<char, 65536> buffer;
        const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
        return n <= 0 ? std::nullopt
                      : std::optional(std::string(buffer.data(), static_cast<size_t>(n)));
      }
      loop_.Turn();
    }
  }
  static void Send(int fd, const std::string& bytes) {
    EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  static std::string Framed(const std::string& bytes) {
    return Short(static_cast<unsigned>(bytes.size())) + bytes;
  }

  EventLoop loop_;
  IpAddress asker_;
  int udp_ = -1;
  int tcp_ = -1;
  size_t addresses_ = 1;
  bool late_ = false;
  std::vector<DnsServer::Reply> waiting_;
  std::optional<DnsServer> server_;
};

TEST_F(DnsServerTest, AnswersADatagram) {
  const base::UniqueFd client = ConnectedTo(udp_, SOCK_DGRAM);
  Send(client.get(), Question().Bytes());
  EXPECT_EQ(CodeOf(*Receive(client.get())), 0u);
  EXPECT_EQ(asker_, kLocalhost);
}

TEST_F(DnsServerTest, CutsAnAnswerThatIsTooLongForADatagram) {
  addresses_ = 100;
  const base::UniqueFd client = ConnectedTo(udp_, SOCK_DGRAM);
  Send(client.get(), Question().Bytes());
  const std::string answer = *Receive(client.get());
  EXPECT_LE(answer.size(), 512u);
  EXPECT_EQ(answer[2] & 0x02, 0x02);

  const base::UniqueFd connection = ConnectedTo(tcp_, SOCK_STREAM);
  Send(connection.get(), Framed(Question().Bytes()));
  asker_ = {};
  EXPECT_GT(Receive(connection.get())->size(), 1600u);
  EXPECT_EQ(asker_, kLocalhost);
}

TEST_F(DnsServerTest, AnswersOneQuestionAfterTheOtherOnAConnection) {
  const base::UniqueFd client = ConnectedTo(tcp_, SOCK_STREAM);
  Question second;
  second.id = 0x4321;
  Send(client.get(), Framed(Question().Bytes()) + Framed(second.Bytes()));
  const size_t length =
      Framed(DnsAnswer(*ReadDnsRequest(second.Bytes()).query, {kLocalhost})).size();
  std::string answers;
  while (answers.size() < 2 * length) {
    answers += *Receive(client.get());
  }
  EXPECT_EQ(answers.substr(2, 2), Short(0x1234));
  EXPECT_EQ(answers.substr(length + 2, 2), Short(0x4321));
}

TEST_F(DnsServerTest, TakesAQuestionInPieces) {
  const base::UniqueFd client = ConnectedTo(tcp_, SOCK_STREAM);
  for (const char byte : Framed(Question().Bytes())) {
    Send(client.get(), std::string(1, byte));
    loop_.Turn();
  }
  EXPECT_TRUE(Receive(client.get()));
}

TEST_F(DnsServerTest, AnswersWhoHasNothingMoreToAsk) {
  const base::UniqueFd client = ConnectedTo(tcp_, SOCK_STREAM);
  Send(client.get(), Framed(Question().Bytes()));
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_TRUE(Receive(client.get()));
  EXPECT_FALSE(Receive(client.get()));
}

TEST_F(DnsServerTest, ClosesAConnectionThatAnnouncesTooLongAQuestion) {
  const base::UniqueFd client = ConnectedTo(tcp_, SOCK_STREAM);
  Send(client.get(), Short(5000));
  EXPECT_FALSE(Receive(client.get()));
}

TEST_F(DnsServerTest, ClosesAConnectionThatSendsAnAnswer) {
  const base::UniqueFd client = ConnectedTo(tcp_, SOCK_STREAM);
  Question answer;
  answer.flags = 0x8000;
  Send(client.get(), Framed(answer.Bytes()));
  EXPECT_FALSE(Receive(client.get()));
}

TEST_F(DnsServerTest, KeepsABoundedNumberOfConnections) {
  std::vector<base::UniqueFd> idle;
  for (int i = 0; i < 64; ++i) {
    idle.push_back(ConnectedTo(tcp_, SOCK_STREAM));
    loop_.Turn();
  }
  const base::UniqueFd last = ConnectedTo(tcp_, SOCK_STREAM);
  EXPECT_FALSE(Receive(last.get()));
  const base::UniqueFd datagram = ConnectedTo(udp_, SOCK_DGRAM);
  Send(datagram.get(), Question().Bytes());
  EXPECT_TRUE(Receive(datagram.get()));
}

TEST_F(DnsServerTest, ForgetsTheAnswerForWhoIsGone) {
  late_ = true;
  {
    const base::UniqueFd client = ConnectedTo(tcp_, SOCK_STREAM);
    Send(client.get(), Framed(Question().Bytes()));
    while (waiting_.empty()) {
      loop_.Turn();
    }
  }
  waiting_.front()(std::string(100'000, 'x').substr(0, 60'000));
  late_ = false;
  const base::UniqueFd client = ConnectedTo(tcp_, SOCK_STREAM);
  Send(client.get(), Framed(Question().Bytes()));
  EXPECT_TRUE(Receive(client.get()));
}

}  // namespace
}  // namespace runtime::network::helper
