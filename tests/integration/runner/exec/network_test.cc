// The networks of steps, on a host with a small world around it (network_lab.h).
#include <nlohmann/json.hpp>

#include "tests/integration/network/network_lab.h"
#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::Not;

class ExecNetwork : public ExecTest {
 protected:
  ExecResult ExecOnHost(const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> words = {"exec", repository_.path()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return Run(lab_.OnHost(Command(words)));
  }

  tests::NetworkLab lab_;
};

TEST_F(ExecNetwork, LeadsToTheWorldUnlessTheStepSaysOtherwise) {
  Pipeline(R"(steps:
  out: {image: busybox, run: "nc -w 2 server.example 80 </dev/null"}
  job: {image: busybox, network: job, run: "! nc -w 2 203.0.113.10 80 </dev/null && ! nslookup server.example"}
  none: {image: busybox, network: none, run: "! nc -w 2 203.0.113.10 80 </dev/null"})");
  const ExecResult result = ExecOnHost();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("out"), HasSubstr("out the-world\n"));
}

TEST_F(ExecNetwork, IsSharedByStepsThatMayGoOut) {
  Pipeline(R"(steps:
  listen: {image: busybox, needs: [], argv: [sh, -c, "echo met | nc -l -p 80"], timeout: 20s}
  call:
    image: busybox
    needs: []
    run: until nc listen 80 </dev/null; do usleep 10000; done
    timeout: 20s)");
  const ExecResult result = ExecOnHost();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("call"), HasSubstr("out met\n"));
}

TEST_F(ExecNetwork, OfAStepWithEgressLeadsThereAlone) {
  Pipeline(R"(steps:
  listed:
    image: busybox
    egress: [server.example:80, private.example:80]
    run: |
      nc -w 2 server.example 80 </dev/null
      nc -w 2 203.0.113.10 80 </dev/null
      ! nc -w 2 server.example 81 </dev/null
      ! nc -w 2 203.0.113.53 80 </dev/null
      ! nc -w 2 private.example 80 </dev/null
      ! nslookup big.example
  nothing:
    image: busybox
    needs: []
    egress: []
    run: "! nc -w 2 203.0.113.10 80 </dev/null && ! nslookup server.example"
  other: {image: busybox, needs: [], run: "nc -w 2 server.example 81 </dev/null && nslookup big.example"})");
  const ExecResult result = ExecOnHost();
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(ExecNetwork, LeadsToPrivateAddressesWhereTheCallerAllowsIt) {
  Pipeline(R"(steps:
  look:
    image: busybox
    egress: [private.example:80]
    run: "nc -w 2 private.example 80 </dev/null")");
  EXPECT_EQ(ExecOnHost().status, 1);
  const ExecResult allowed = ExecOnHost({"--network-allow", "10.99.0.0/16"});
  EXPECT_EQ(allowed.status, 0) << allowed.all();
  EXPECT_THAT(ExecOnHost({"--network-allow", "10.99.0.1/16"}).err, HasSubstr("--network-allow"));
}

TEST_F(ExecNetwork, OfAHostWithoutAWayOutIsTheJobsOwnAndThatIsSaidOnce) {
  lab_.Hide("/usr/bin/slirp4netns");
  Pipeline(R"(steps:
  one: {image: busybox, run: "nslookup one && ! nc -w 2 203.0.113.10 80 </dev/null"}
  two: {image: busybox, run: "true"})");
  const ExecResult result = ExecOnHost();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("one"), HasSubstr("apt-get install slirp4netns"));
  EXPECT_THAT(Log("two"), Not(HasSubstr("slirp4netns")));
}

TEST_F(ExecNetwork, ThatIsAskedForByNameIsRefusedWhereThereIsNoWayOut) {
  lab_.Hide("/usr/sbin/nft");
  for (const char* key : {"network: full", "egress: [server.example:80]"}) {
    Pipeline("steps: {a: {image: busybox, run: 'true', " + std::string(key) + "}}");
    const ExecResult result = ExecOnHost();
    EXPECT_EQ(result.status, 3) << result.all();
    EXPECT_EQ(Step("a").at("outcome"), "errored");
    EXPECT_THAT(Step("a").at("reason").get<std::string>(), HasSubstr("apt-get install nftables"));
  }
}

TEST_F(ExecNetwork, NeedsTheNamesOfEgressToExist) {
  Pipeline("steps: {a: {image: busybox, run: 'true', egress: ['no-such-name.example:80']}}");
  const ExecResult result = ExecOnHost();
  EXPECT_EQ(result.status, 3) << result.all();
  EXPECT_THAT(Step("a").at("reason").get<std::string>(), HasSubstr("no-such-name.example"));
}

}  // namespace
}  // namespace runner
