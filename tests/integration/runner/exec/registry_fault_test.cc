// A registry that doesn't do its part: one clear line, exit code 3, and nothing half-published.
#include <nlohmann/json.hpp>

#include "tests/integration/runner/exec/exec_test.h"
#include "tests/support/registry_server.h"
#include "tests/support/scripted_server.h"
#include "tests/support/server_process.h"

namespace runner {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ExecRegistryFault : public ExecTest {
 protected:
  // A push of a tested image there; what the step's end says.
  std::string ReasonOfPush(const std::string& registry, int status = 3) {
    repository_.Write("suite.sh", SuiteScript(kPassingJunit));
    repository_.Write("message", "hello\n");
    Pipeline(FourSteps(registry));
    repository_.Commit("Begin");
    const ExecResult result = Exec();
    EXPECT_EQ(result.status, status) << result.all();
    EXPECT_EQ(Step("test").at("outcome"), "passed") << result.all();
    EXPECT_TRUE(Step("push").at("pushed").empty());
    ExpectNothingNew();
    std::string reason = Step("push").at("reason");
    EXPECT_THAT(result.err, HasSubstr("runner: step \"push\": " + reason.substr(0, 100)));
    return reason;
  }

  // The reason why a step that needs this image couldn't start.
  std::string ReasonOfPull(const std::string& image) {
    Pipeline("steps: {use: {image: \"" + image + "\", argv: [\"true\"]}}");
    const ExecResult result = Exec();
    EXPECT_EQ(result.status, 3) << result.all();
    ExpectNothingNew();
    return Step("use").at("reason");
  }

  void ExpectNothingNew() const {
    EXPECT_THAT(Leftovers(), IsEmpty());
    EXPECT_THAT(Names("refs"), ElementsAre("busybox%3Alatest"));
  }
};

TEST_F(ExecRegistryFault, IsOneThatIsDownAtAPush) {
  const std::string host = "127.0.0.1:" + std::to_string(tests::FreePort());

  EXPECT_THAT(ReasonOfPush(host), AllOf(HasSubstr(host), HasSubstr("Connection refused")));
}

TEST_F(ExecRegistryFault, IsOneThatIsDownAtAPull) {
  const std::string host = "127.0.0.1:" + std::to_string(tests::FreePort());

  EXPECT_THAT(ReasonOfPull(host + "/tool:1"),
              AllOf(HasSubstr(host + "/tool:1"), HasSubstr("not in the store"),
                    HasSubstr("Connection refused")));
}

TEST_F(ExecRegistryFault, IsAnImageThatItDoesNotHave) {
  const tests::RegistryServer registry;

  EXPECT_THAT(ReasonOfPull(registry.host() + "/tool:1"),
              AllOf(HasSubstr(registry.host() + "/tool:1"), HasSubstr("not in the store")));
}

TEST_F(ExecRegistryFault, IsOneThatAsksForALogin) {
  const tests::RegistryServer registry(tests::RegistryServer::Login{"ada", "secret"});

  EXPECT_THAT(
      ReasonOfPush(registry.host()),
      AllOf(HasSubstr("asks for a login"), HasSubstr("runner registry login " + registry.host())));
}

TEST_F(ExecRegistryFault, IsOneThatAnswersWithAnError) {
  const tests::ScriptedServer registry(
      // Later than anybody waits for.
      [](const tests::ReceivedRequest&) {
        return tests::Answer(500, "broken", "Retry-After: 86400\r\n");
      });

  EXPECT_THAT(ReasonOfPush(registry.host()), AllOf(HasSubstr(registry.host()), HasSubstr("500")));
}

TEST_F(ExecRegistryFault, IsOneThatCutsTheConnection) {
  const tests::ScriptedServer registry([](const tests::ReceivedRequest&) {
    tests::ScriptedAnswer answer;
    answer.bytes = "HTTP/1.1 20";
    answer.cut = true;
    return answer;
  });

  EXPECT_THAT(ReasonOfPush(registry.host()),
              AllOf(HasSubstr(registry.host()), HasSubstr("closed")));
}

}  // namespace
}  // namespace runner
