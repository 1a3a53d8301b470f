#include "runtime/network/helper/udp_relay.h"

#include <arpa/inet.h>

#include "tests/unit/network/relay_fixture.h"

namespace runtime::network::helper {
namespace {

// A server that sends everything back.
class UdpRelayTest : public tests::RelayTest {
 protected:
  uint16_t Serve(UdpRelay& relay, unsigned member = 2) {
    base::UniqueFd socket = Bound(SOCK_DGRAM);
    const uint16_t port = PortOf(socket.get());
    relay.Serve(member, std::move(socket), Localhost(), PortOf(server_.get()));
    return port;
  }
  // Answers what comes next; the port that it came from.
  uint16_t Answer(const std::string& prefix) {
    AwaitReady(server_.get());
    std::array<char, 65536> buffer;
    sockaddr_in from = {};
    socklen_t size = sizeof from;
    const ssize_t n = ::recvfrom(server_.get(), buffer.data(), buffer.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &size);
    const std::string answer = prefix + std::string(buffer.data(), static_cast<size_t>(n));
    ::sendto(server_.get(), answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from),
             size);
    return ntohs(from.sin_port);
  }

  base::UniqueFd server_ = Bound(SOCK_DGRAM);
};

TEST_F(UdpRelayTest, BringsEachAskerItsOwnAnswers) {
  UdpRelay relay(loop_);
  const uint16_t port = Serve(relay);
  const base::UniqueFd one = ConnectedTo(port, SOCK_DGRAM);
  const base::UniqueFd two = ConnectedTo(port, SOCK_DGRAM);
  Send(one.get(), "one");
  const uint16_t first = Answer("to ");
  Send(two.get(), "two");
  EXPECT_NE(Answer("to "), first);
  EXPECT_EQ(Receive(two.get()), "to two");
  EXPECT_EQ(Receive(one.get()), "to one");
  Send(one.get(), "more");
  EXPECT_EQ(Answer(""), first);
  EXPECT_EQ(Receive(one.get()), "more");
}

TEST_F(UdpRelayTest, CarriesTheLongestAndTheEmptyDatagram) {
  UdpRelay relay(loop_);
  const base::UniqueFd client = ConnectedTo(Serve(relay), SOCK_DGRAM);
  const std::string longest(65507, 'x');
  Send(client.get(), longest);
  Answer("");
  EXPECT_EQ(Receive(client.get()), longest);
  Send(client.get(), "");
  Answer("empty");
  EXPECT_EQ(Receive(client.get()), "empty");
}

TEST_F(UdpRelayTest, EndsTheLongestSilentConversationForANewOne) {
  UdpRelay relay(loop_, 2);
  const uint16_t port = Serve(relay);
  const base::UniqueFd one = ConnectedTo(port, SOCK_DGRAM);
  const base::UniqueFd two = ConnectedTo(port, SOCK_DGRAM);
  const base::UniqueFd three = ConnectedTo(port, SOCK_DGRAM);
  Send(one.get(), "1");
  const uint16_t first = Answer("");
  Send(two.get(), "2");
  const uint16_t second = Answer("");
  Send(one.get(), "1");
  EXPECT_EQ(Answer(""), first);
  Send(three.get(), "3");
  Answer("");
  Send(one.get(), "1");
  EXPECT_EQ(Answer(""), first);
  Send(two.get(), "2");
  EXPECT_NE(Answer(""), second);
}

TEST_F(UdpRelayTest, OutlivesThatNobodyServes) {
  UdpRelay relay(loop_);
  const uint16_t own = PortOf(server_.get());
  const base::UniqueFd client = ConnectedTo(Serve(relay), SOCK_DGRAM);
  server_.Reset();
  Send(client.get(), "lost");
  loop_.Turn();  // the question
  loop_.Turn();  // that it was refused
  server_.Reset(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const SocketAddress where(Localhost(), own);
  ASSERT_EQ(::bind(server_.get(), where.get(), where.size), 0);
  Send(client.get(), "again");
  Answer("");
  EXPECT_EQ(Receive(client.get()), "again");
}

TEST_F(UdpRelayTest, EndsAllOfAMemberThatLeaves) {
  UdpRelay relay(loop_);
  const base::UniqueFd client = ConnectedTo(Serve(relay), SOCK_DGRAM);
  Send(client.get(), "x");
  Answer("");
  EXPECT_EQ(Receive(client.get()), "x");
  relay.Drop(2);
  Send(client.get(), "late");
  EXPECT_EQ(Receive(client.get()), std::nullopt);
  EXPECT_EQ(errno, ECONNREFUSED);
}

}  // namespace
}  // namespace runtime::network::helper
