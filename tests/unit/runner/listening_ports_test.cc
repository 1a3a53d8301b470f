#include "runner/listening_ports.h"

#include <gtest/gtest.h>

#include <bit>

namespace runner {
namespace {

// As the kernel of a little-endian machine prints it.
constexpr std::string_view kTcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
    "   0: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
    "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
    "   2: 0200E70A:0016 0300E70A:C350 01 00000000:00000000 00:00000000 00000000     0\n";
constexpr std::string_view kTcp6 =
    "  sl  local_address                         remote_address                        st\n"
    "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0\n"
    "   1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 0\n"
    "   2: 0000000000000000FFFF00000100007F:0052 00000000000000000000000000000000:0000 0A 0\n"
    "   3: 0000000000000000FFFF00000200E70A:0053 00000000000000000000000000000000:0000 0A 0\n";
constexpr std::string_view kUdp =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
    "  112: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0\n";

TEST(ListeningPorts, AreReadAsTheKernelPrintsThem) {
  static_assert(std::endian::native == std::endian::little);
  EXPECT_EQ(FindListener(kTcp, {5432, false}), Listening::kYes);
  EXPECT_EQ(FindListener(kTcp, {5433, false}), Listening::kNo);
  EXPECT_EQ(FindListener(kTcp6, {80, false}), Listening::kYes);
  EXPECT_EQ(FindListener(kTcp6, {83, false}), Listening::kYes);
  EXPECT_EQ(FindListener(kUdp, {53, true}), Listening::kYes);
}

TEST(ListeningPorts, OnLoopbackAloneAreToldApart) {
  EXPECT_EQ(FindListener(kTcp, {8080, false}), Listening::kOnLoopback);
  EXPECT_EQ(FindListener(kTcp6, {81, false}), Listening::kOnLoopback);
  EXPECT_EQ(FindListener(kTcp6, {82, false}), Listening::kOnLoopback);
}

TEST(ListeningPorts, AreNotThoseOfConnectionsAndOtherProtocols) {
  EXPECT_EQ(FindListener(kTcp, {22, false}), Listening::kNo);
  EXPECT_EQ(FindListener(kTcp, {5432, true}), Listening::kNo);
  EXPECT_EQ(FindListener("", {5432, false}), Listening::kNo);
  EXPECT_EQ(FindListener("   0: 00000000 0A\n\n1: :: : 0A", {5432, false}), Listening::kNo);
}

TEST(ListeningPorts, AreNamedAsImagesNameThem) {
  EXPECT_EQ(ParseContainerPort("5432/tcp"), (ContainerPort{5432, false}));
  EXPECT_EQ(ParseContainerPort("80"), (ContainerPort{80, false}));
  EXPECT_EQ(ParseContainerPort("53/udp"), (ContainerPort{53, true}));
  for (const char* text : {"", "0", "65536", "80/sctp", "80-90/tcp", "x", "80/"}) {
    EXPECT_EQ(ParseContainerPort(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace runner
