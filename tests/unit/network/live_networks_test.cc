#include "runtime/network/live_networks.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "runtime/base/files.h"
#include "runtime/network/namespaces.h"

namespace runtime::network {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

// A /proc of processes as they are written here.
class LiveNetworksTest : public testing::Test {
 protected:
  void Add(const std::string& pid, const std::string& parent, const std::string& nested_pids,
           std::string arguments, const std::string& user = std::to_string(NetworkUser())) {
    fs::create_directory(proc_.path() / pid);
    base::WriteFileAtomically(proc_.path() / pid / "status", "Name:\trunner-network\nPPid:\t" +
                                                                 parent + "\nUid:\t" + user + "\t" +
                                                                 user + "\t" + user + "\t" + user +
                                                                 "\nNSpid:\t" + nested_pids + "\n");
    std::replace(arguments.begin(), arguments.end(), ' ', '\0');
    base::WriteFileAtomically(proc_.path() / pid / "cmdline", arguments + '\0');
  }

  base::TemporaryDirectory proc_{"/tmp", "proc"};
};

TEST_F(LiveNetworksTest, AreThoseThatAHelperServes) {
  Add("11", "10", "11", "runner-network run-b");
  Add("12", "10", "12 1", "runner-network way-out run-b /usr/bin/slirp4netns");
  Add("13", "10", "13", "runner-network run-a");
  fs::create_directory(proc_.path() / "sys");
  EXPECT_THAT(LiveNetworks(proc_.path()),
              ElementsAre(LiveNetwork{"run-a", false}, LiveNetwork{"run-b", true}));
}

TEST_F(LiveNetworksTest, AreNotThoseThatOthersPretend) {
  Add("11", "10", "11", "runner-network of-another-user", "1000");
  Add("12", "10", "12 5", "runner-network in-a-container");
  Add("13", "10", "13", "sh -c true");
  Add("14", "10", "14", "runner-network");
  EXPECT_THAT(LiveNetworks(proc_.path()), IsEmpty());
  Add("15", "10", "15", "runner-network run");
  Add("16", "99", "16 1", "runner-network way-out run command");
  EXPECT_THAT(LiveNetworks(proc_.path()), ElementsAre(LiveNetwork{"run", false}));
}

}  // namespace
}  // namespace runtime::network
