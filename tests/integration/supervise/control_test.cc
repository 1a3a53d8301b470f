// runner-init status, start and stop, from inside.
#include <gmock/gmock.h>

#include "tests/integration/supervise/supervise_fixture.h"

namespace tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

// Each as the command beside the services.
class Control : public SuperviseTest {
 protected:
  static Output Script(const std::string& image, const std::string& script,
                       const Words& options = {}) {
    return Run(options, {"sh", "-c", script}, image);
  }
};

TEST_F(Control, StatusNamesEveryServiceAndItsState) {
  MakeServices("status", {{"a", "exec sleep 1000"}, {"b", "exec sleep 1000"}},
               "touch etc/service/b/down");
  EXPECT_THAT(Script("status", "runner-init status").text,
              MatchesRegex("a: up [0-9]+ s, pid [0-9]+\nb: down [0-9]+ s\n"));
  EXPECT_THAT(Script("status", "runner-init status b").text, MatchesRegex("b: down [0-9]+ s\n"));
}

TEST_F(Control, StartsWhatIsDown) {
  MakeServices("start", {{"web", "echo up > /tmp/up; exec sleep 1000"}},
               "touch etc/service/web/down");
  const Output output = Script("start",
                               "[ ! -e /tmp/up ] && runner-init start web\n"
                               "while [ ! -s /tmp/up ]; do :; done; cat /tmp/up");
  EXPECT_EQ(output.code, 0) << output.errors;
  EXPECT_THAT(output.text, MatchesRegex("web: up 0 s, pid [0-9]+\nup\n"));
}

TEST_F(Control, StopAnswersWhenTheServiceIsDown) {
  MakeServices("stop", {{"web", kStays}});
  const Output output = Script("stop",
                               "while ! runner-init status web | grep -q up; do :; done\n"
                               "runner-init stop web; ps -o args | grep '[r]un$' || echo nobody\n"
                               "runner-init status; runner-init stop web");
  EXPECT_EQ(output.code, 0) << output.errors;
  EXPECT_THAT(output.text, HasSubstr("nobody\n"));
  EXPECT_THAT(output.text, HasSubstr("web: down"));
}

TEST_F(Control, StopEndsTheRestarts) {
  MakeServices("crashing", {{"web", "echo x >> /tmp/runs; exit 1"}});
  const Output output = Script("crashing",
                               "while [ ! -s /tmp/runs ]; do :; done; runner-init stop web\n"
                               "runner-init status web");
  EXPECT_THAT(output.text, MatchesRegex("(web: down 0 s\n)+(web: down [0-9]+ s\n)"));
}

TEST_F(Control, NameThatIsNoneIsTold) {
  MakeServices("none", {{"web", "exec sleep 1000"}});
  const Output output = Script("none", "runner-init stop no-such");
  EXPECT_EQ(output.code, 1);
  EXPECT_EQ(output.text, "no service named no-such\n");
}

TEST_F(Control, IsForTheSupervisorsUserOnly) {
  MakeServices("user", {{"web", "exec sleep 1000"}},
               "echo 'user:x:1000:1000::/:/bin/sh' >> etc/passwd");
  const Output output = Script("user", "su user -c 'runner-init stop web'; runner-init status");
  EXPECT_THAT(output.errors, HasSubstr("/run/runner-init.socket: Permission denied"));
  EXPECT_THAT(output.text, HasSubstr("web: up"));
}

TEST_F(Control, WithoutAPlaceForItsSocketSaysSo) {
  MakeServices("fixed", {{"web", "exec sleep 1000"}});
  const Output output = Script("fixed", "runner-init status", {"--read-only"});
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, AllOf(HasSubstr("/run/runner-init.socket"), HasSubstr("/run that")));
  EXPECT_EQ(Script("fixed", "runner-init status", {"--read-only", "--tmpfs", "/run"}).code, 0);
}

TEST_F(Control, UnknownWordsAreBadUsage) {
  MakeServices("usage", {{"web", "exec sleep 1000"}});
  for (const char* words : {"no-such", "stop", "start a b", "status a b", "--help"}) {
    const Output output = Script("usage", "runner-init " + std::string(words));
    EXPECT_EQ(output.code, 125) << words;
    EXPECT_THAT(output.errors, HasSubstr("usage: runner-init")) << words;
  }
}

}  // namespace
}  // namespace tests
