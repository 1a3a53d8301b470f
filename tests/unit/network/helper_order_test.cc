#include "runtime/network/helper_order.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

namespace runtime::network {
namespace {

TEST(HelperOrder, IsReadAsItWasWritten) {
  const HelperOrder order = {
      .kind = HelperOrder::Kind::kAddName,
      .member = 7,
      .name = "db",
      .addresses = {*IpAddress::Parse("10.0.0.1"), *IpAddress::Parse("fd00::1")}};
  EXPECT_EQ(*DecodeHelperOrder(Encode(order)), order);
  const HelperOrder relay = {.kind = HelperOrder::Kind::kRelayUdp,
                             .member = 4094,
                             .port = 65535,
                             .addresses = {*IpAddress::Parse("10.0.0.1")}};
  EXPECT_EQ(*DecodeHelperOrder(Encode(relay)), relay);
  const HelperOrder plain = {.kind = HelperOrder::Kind::kServeNames};
  EXPECT_EQ(*DecodeHelperOrder(Encode(plain)), plain);
}

TEST(HelperOrder, IsRefusedWhenItIsNone) {
  for (const char* text : {"", "s", "s 1 2", "serve 1 2 x", "+ 1 0 db 10.0.0.300"}) {
    EXPECT_FALSE(DecodeHelperOrder(text)) << text;
  }
}

TEST(Packet, CarriesTextAndDescriptors) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  base::UniqueFd ours(ends[0]);
  const base::UniqueFd theirs(ends[1]);
  const base::Pipe pipe = base::MakePipe();
  SendPacket(ours.get(), "hello", {pipe.read.get(), pipe.write.get()});
  const std::optional<Packet> packet = ReceivePacket(theirs.get());
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->text, "hello");
  ASSERT_EQ(packet->descriptors.size(), 2u);
  char byte = 'x';
  EXPECT_EQ(::write(packet->descriptors[1].get(), &byte, 1), 1);
  EXPECT_EQ(::read(pipe.read.get(), &byte, 1), 1);

  ours.Reset();
  EXPECT_FALSE(ReceivePacket(theirs.get()));
}

}  // namespace
}  // namespace runtime::network
