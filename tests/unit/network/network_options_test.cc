#include "runner/verbs/network_options.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>

#include "runtime/base/error.h"

namespace runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class NetworkOptionsTest : public testing::Test {
 protected:
  NetworkOptions& Parse(std::vector<std::string> words) {
    app_ = std::make_unique<CLI::App>();
    options_ = std::make_unique<NetworkOptions>();
    options_->Declare(*app_);
    std::reverse(words.begin(), words.end());
    app_->parse(words);
    options_->Finish();
    return *options_;
  }
  std::string Refusal(const std::vector<std::string>& words) {
    try {
      Parse(words);
    } catch (const runtime::base::Error& e) {
      EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUsage);
      return e.what();
    }
    ADD_FAILURE() << testing::PrintToString(words) << " was accepted";
    return "";
  }
  // What a container with this host name would be told by /etc/hosts.
  std::string Hosts(const std::vector<std::string>& words) {
    runtime::container::ContainerSpec spec;
    spec.id = "0123456789ab";
    spec.hostname = "box";
    Parse(words).PutInto(spec);
    return spec.hosts;
  }
  // The ports that the network of a container of that image is to have.
  std::vector<std::string> Ports(const std::vector<std::string>& words,
                                 const std::vector<std::string>& exposed = {}) {
    runtime::container::ContainerSpec spec;
    spec.id = "0123456789ab";
    const auto request = Parse(words).Request(spec, exposed);
    std::vector<std::string> ports;
    for (const auto& port : request ? request->ports : decltype(request->ports)()) {
      ports.push_back(port.ToString());
    }
    return ports;
  }

  std::unique_ptr<CLI::App> app_;
  std::unique_ptr<NetworkOptions> options_;
};

TEST_F(NetworkOptionsTest, AreNoneUnlessAskedFor) {
  EXPECT_EQ(Parse({}).kind(), NetworkKind::kNone);
  EXPECT_EQ(Parse({"--network", "host"}).kind(), NetworkKind::kHost);
  EXPECT_EQ(Parse({"--network", "job"}).kind(), NetworkKind::kJob);
  EXPECT_EQ(Parse({"--net", "full"}).kind(), NetworkKind::kFull);
}

TEST_F(NetworkOptionsTest, AreANetworkOfItsOwnForWhoPublishes) {
  EXPECT_EQ(Parse({"-p", "80"}).kind(), NetworkKind::kJob);
  EXPECT_EQ(Parse({"-P"}).kind(), NetworkKind::kJob);
  EXPECT_EQ(Parse({"-p", "80", "--network", "full"}).kind(), NetworkKind::kFull);
  EXPECT_EQ(Parse({"-p", "80", "--network", "host"}).kind(), NetworkKind::kHost);
  EXPECT_EQ(Parse({"-p", "80", "--network", "none"}).kind(), NetworkKind::kNone);
  EXPECT_EQ(Parse({"--expose", "80"}).kind(), NetworkKind::kNone);
}

TEST_F(NetworkOptionsTest, PublishPortsAsDockerDoes) {
  EXPECT_THAT(Ports({"-p", "8080:80", "-p53:53/udp", "--publish=127.0.0.1:81-82:81-82"}),
              ElementsAre("0.0.0.0:8080->80/tcp", "0.0.0.0:53->53/udp", "127.0.0.1:81->81/tcp",
                          "127.0.0.1:82->82/tcp"));
  EXPECT_THAT(Ports({"-p", "80", "--expose", "81"}, {"82/tcp"}), ElementsAre("0.0.0.0:0->80/tcp"));
  EXPECT_THAT(Ports({"-P", "-p", "8080:80", "--expose", "81-82/udp"}, {"80/tcp", "80/udp", "9"}),
              ElementsAre("0.0.0.0:8080->80/tcp", "0.0.0.0:0->81/udp", "0.0.0.0:0->82/udp",
                          "0.0.0.0:0->80/udp", "0.0.0.0:0->9/tcp"));
  EXPECT_THAT(Ports({"-p", "80", "--network", "host"}), IsEmpty());
}

TEST_F(NetworkOptionsTest, RefusePortsThatAreNoneOrTooMany) {
  EXPECT_THAT(Refusal({"-p", "http"}), HasSubstr("--publish http"));
  EXPECT_THAT(Refusal({"-p", "80/sctp"}), HasSubstr("--publish 80/sctp"));
  EXPECT_THAT(Refusal({"--expose", "80:80"}), HasSubstr("--expose 80:80"));
  EXPECT_THAT(Refusal({"-p", "1-1001"}), HasSubstr("at most 1000 ports"));
  Parse({"-p", "1-1000"});
}

TEST_F(NetworkOptionsTest, RefuseNetworksThatAreNone) {
  for (const char* network : {"bridge", "HOST", "container:x", "job "}) {
    EXPECT_THAT(Refusal({"--network=" + std::string(network)}), HasSubstr("--network")) << network;
  }
}

TEST_F(NetworkOptionsTest, RefuseAliasesThatAreNoNamesOrHaveNoNetwork) {
  Parse({"--network", "job", "--network-alias", "db", "--network-alias", "db.test"});
  EXPECT_THAT(Refusal({"--network", "job", "--network-alias", "a b"}),
              HasSubstr("--network-alias"));
  EXPECT_THAT(Refusal({"--network-alias", "db"}), HasSubstr("--network job"));
}

TEST_F(NetworkOptionsTest, RefuseNameserversAndRangesThatAreNoneOrHaveNoWayOut) {
  Parse({"--network", "full", "--dns", "192.0.2.53", "--dns", "fd00::53", "--network-allow",
         "10.0.0.0/8"});
  EXPECT_THAT(Refusal({"--network", "full", "--dns", "ns.example.org"}), HasSubstr("--dns"));
  EXPECT_THAT(Refusal({"--network", "full", "--network-allow", "10.0.0.1/8"}),
              HasSubstr("--network-allow"));
  EXPECT_THAT(Refusal({"--network", "job", "--dns", "192.0.2.53"}), HasSubstr("--network full"));
  EXPECT_THAT(Refusal({"--network-allow", "10.0.0.0/8"}), HasSubstr("--network full"));
  EXPECT_THAT(Refusal({"--network", "full", "--dns=1.1.1.1", "--dns=1.1.1.2", "--dns=1.1.1.3",
                       "--dns=1.1.1.4"}),
              HasSubstr("three"));
}

TEST_F(NetworkOptionsTest, AddLinesToHosts) {
  EXPECT_EQ(Hosts({}), "");
  EXPECT_EQ(Hosts({"--add-host", "db:10.0.0.7", "--add-host", "six=fd00::1"}),
            "127.0.1.1\tbox\n10.0.0.7\tdb\nfd00::1\tsix\n");
  EXPECT_EQ(Hosts({"--network", "host", "--add-host", "db:fd00::1"}), "fd00::1\tdb\n");
}

TEST_F(NetworkOptionsTest, RefuseHostsThatAreNone) {
  for (const char* host :
       {"db", "db:", ":10.0.0.1", "db:10.0.0", "a b:10.0.0.1", "db:10.0.0.1\nx", "a\nb:10.0.0.1"}) {
    EXPECT_THAT(Refusal({"--add-host=" + std::string(host)}), HasSubstr("--add-host")) << host;
  }
}

}  // namespace
}  // namespace runner
