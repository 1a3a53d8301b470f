#include "runtime/network/helper/tcp_relay.h"

#include <cerrno>
#include <vector>

#include "tests/unit/network/relay_fixture.h"

namespace runtime::network::helper {
namespace {

class TcpRelayTest : public tests::RelayTest {
 protected:
  // The port of a relay to `server_`.
  uint16_t Serve(TcpRelay& relay, unsigned member = 2) {
    base::UniqueFd listener = Bound(SOCK_STREAM);
    const uint16_t port = PortOf(listener.get());
    relay.Serve(member, std::move(listener), Localhost(), PortOf(server_.get()));
    return port;
  }

  base::UniqueFd server_ = Bound(SOCK_STREAM);
};

TEST_F(TcpRelayTest, CarriesBothWays) {
  TcpRelay relay(loop_);
  const base::UniqueFd client = ConnectedTo(Serve(relay), SOCK_STREAM);
  Send(client.get(), "question");
  const base::UniqueFd served = Accept(server_.get());
  EXPECT_EQ(Receive(served.get()), "question");
  Send(served.get(), "answer");
  EXPECT_EQ(Receive(client.get()), "answer");
}

TEST_F(TcpRelayTest, CarriesTheEndOfOneWayAlone) {
  TcpRelay relay(loop_);
  const base::UniqueFd client = ConnectedTo(Serve(relay), SOCK_STREAM);
  Send(client.get(), "all");
  ::shutdown(client.get(), SHUT_WR);
  base::UniqueFd served = Accept(server_.get());
  EXPECT_EQ(Receive(served.get()), "all");
  EXPECT_EQ(Receive(served.get()), std::nullopt);
  Send(served.get(), "late");
  EXPECT_EQ(Receive(client.get()), "late");
  served.Reset();
  EXPECT_EQ(Receive(client.get()), std::nullopt);
  EXPECT_EQ(errno, 0);
}

TEST_F(TcpRelayTest, CarriesAFailureAsOne) {
  TcpRelay relay(loop_);
  const base::UniqueFd client = ConnectedTo(Serve(relay), SOCK_STREAM);
  base::UniqueFd served = Accept(server_.get());
  const linger now = {1, 0};
  ::setsockopt(served.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  served.Reset();
  EXPECT_EQ(Receive(client.get()), std::nullopt);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(TcpRelayTest, EndsWhatNobodyServes) {
  TcpRelay relay(loop_);
  const uint16_t port = Serve(relay);
  server_.Reset();
  const base::UniqueFd client = ConnectedTo(port, SOCK_STREAM);
  EXPECT_EQ(Receive(client.get()), std::nullopt);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(TcpRelayTest, LetsThoseWaitThatAreTooMany) {
  TcpRelay relay(loop_, 2);
  const uint16_t port = Serve(relay);
  base::UniqueFd first = ConnectedTo(port, SOCK_STREAM);
  const base::UniqueFd first_served = Accept(server_.get());
  const base::UniqueFd second = ConnectedTo(port, SOCK_STREAM);
  const base::UniqueFd second_served = Accept(server_.get());
  const base::UniqueFd third = ConnectedTo(port, SOCK_STREAM);
  Send(third.get(), "third");
  Send(second.get(), "second");
  EXPECT_EQ(Receive(second_served.get()), "second");
  loop_.Turn();  // A round that is a second long: nothing happens.
  EXPECT_FALSE(IsReady(server_.get()));
  first.Reset();
  EXPECT_EQ(Receive(first_served.get()), std::nullopt);
  ::shutdown(first_served.get(), SHUT_WR);
  const base::UniqueFd third_served = Accept(server_.get());
  EXPECT_EQ(Receive(third_served.get()), "third");
}

TEST_F(TcpRelayTest, ReadsNoMoreThanIsTaken) {
  TcpRelay relay(loop_);
  const base::UniqueFd client = ConnectedTo(Serve(relay), SOCK_STREAM);
  const int small = 4096;
  ::setsockopt(client.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  const base::UniqueFd served = Accept(server_.get());
  const std::vector<char> data(1 << 16, 'x');
  size_t sent = 0;
  // Until all that lies between is full, and nothing has moved for two seconds.
  int idle = 0;
  loop_.AddTicker([&] {
    ++idle;
    return true;
  });
  loop_.WakeTickers();
  while (idle < 2 && sent < (256u << 20)) {
    const ssize_t n = ::send(served.get(), data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) {
      sent += static_cast<size_t>(n);
      idle = 0;
    }
    loop_.Turn();
  }
  EXPECT_LT(sent, 64u << 20);
}

TEST_F(TcpRelayTest, EndsAllOfAMemberThatLeaves) {
  TcpRelay relay(loop_);
  const uint16_t port = Serve(relay, 2);
  const uint16_t other_port = Serve(relay, 3);
  const base::UniqueFd client = ConnectedTo(port, SOCK_STREAM);
  const base::UniqueFd served = Accept(server_.get());
  relay.Drop(2);
  EXPECT_EQ(Receive(client.get()), std::nullopt);
  EXPECT_EQ(errno, ECONNRESET);
  const base::UniqueFd late(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress where(Localhost(), port);
  EXPECT_NE(::connect(late.get(), where.get(), where.size), 0);
  const base::UniqueFd other = ConnectedTo(other_port, SOCK_STREAM);
  Send(other.get(), "stays");
  const base::UniqueFd other_served = Accept(server_.get());
  EXPECT_EQ(Receive(other_served.get()), "stays");
}

}  // namespace
}  // namespace runtime::network::helper
