#include "runtime/container/sysctl.h"

#include <gmock/gmock.h>

#include "runtime/base/error.h"

namespace runtime::container {
namespace {

bool IsRefused(std::string_view text, Network network = Network::kNone) {
  try {
    ParseSysctl(text, network);
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kUsage);
    EXPECT_THAT(e.what(), testing::HasSubstr("--sysctl"));
    return true;
  }
  return false;
}

TEST(Sysctl, OfTheContainersNamespacesAreTaken) {
  const Sysctl sysctl = ParseSysctl("net.ipv4.ip_local_port_range=1024 65000", Network::kNone);
  EXPECT_EQ(sysctl.name, "net.ipv4.ip_local_port_range");
  EXPECT_EQ(sysctl.value, "1024 65000");
  EXPECT_FALSE(IsRefused("kernel.shmmax=1"));
  EXPECT_FALSE(IsRefused("fs.mqueue.msg_max=1"));
}

TEST(Sysctl, OfTheHostAreRefused) {
  for (const char* text : {"vm.swappiness=1", "kernel.core_pattern=|/x", "kernel.shmmax2=1",
                           "fs.file-max=1", "netx=1", "fs.mqueuex=1", "kernel=1"}) {
    EXPECT_TRUE(IsRefused(text)) << text;
  }
  EXPECT_TRUE(IsRefused("net.core.somaxconn=1", Network::kHost));
  EXPECT_FALSE(IsRefused("kernel.shmmax=1", Network::kHost));
}

TEST(Sysctl, NamesThatLeaveTheirDirectoryAreRefused) {
  for (const char* text : {"", "net.x", "=1", "net..core=1", ".net.core=1", "net.core.=1",
                           "net./../../sysrq-trigger=1", "net.core/x=1", "net.x=", "net.x=1\n2"}) {
    EXPECT_TRUE(IsRefused(text)) << text;
  }
  EXPECT_TRUE(IsRefused(std::string_view("net.x=1\0", 8)));
}

}  // namespace
}  // namespace runtime::container
