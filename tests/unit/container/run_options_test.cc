#include "runner/verbs/run_options.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>

#include "runtime/base/error.h"

namespace runner {
namespace {

namespace container = runtime::container;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RunOptionsTest : public testing::Test {
 protected:
  RunOptions& Parse(std::vector<std::string> words) {
    app_ = std::make_unique<CLI::App>();
    options_ = std::make_unique<RunOptions>();
    options_->Declare(*app_);
    std::reverse(words.begin(), words.end());
    app_->parse(words);
    options_->Finish();
    return *options_;
  }
  // The message of what must be refused.
  template <typename F>
  std::string Refusal(const std::vector<std::string>& words, F&& use) {
    try {
      use(Parse(words));
    } catch (const runtime::base::Error& e) {
      EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUsage);
      return e.what();
    }
    ADD_FAILURE() << words.front() << " was accepted";
    return "";
  }

  std::unique_ptr<CLI::App> app_;
  std::unique_ptr<RunOptions> options_;
};

TEST_F(RunOptionsTest, SplitsImageAndCommand) {
  const RunOptions& options = Parse({"-i", "busybox", "ls", "-t", "--memory"});
  EXPECT_EQ(options.image, "busybox");
  EXPECT_THAT(options.program.arguments, ElementsAre("ls", "-t", "--memory"));
  EXPECT_TRUE(options.interactive);
  EXPECT_FALSE(options.terminal);
}

TEST_F(RunOptionsTest, HasSafeDefaults) {
  const RunOptions& options = Parse({"busybox"});
  EXPECT_EQ(options.network.kind(), NetworkKind::kNone);
  EXPECT_THAT(options.security, IsEmpty());
  EXPECT_EQ(options.Capabilities(), container::DefaultCapabilities());
  EXPECT_EQ(options.Limits("/").pids, 4096u);
  EXPECT_FALSE(options.program.user);
  EXPECT_FALSE(options.program.workdir);
  EXPECT_FALSE(options.program.entrypoint);
}

TEST_F(RunOptionsTest, NeedsAnImage) {
  const auto nothing = [](RunOptions&) {};
  EXPECT_THAT(Refusal({"-i"}, nothing), HasSubstr("no image given"));
  EXPECT_THAT(Refusal({"--no-such-option", "busybox"}, nothing), HasSubstr("--no-such-option"));
}

TEST_F(RunOptionsTest, AddsAndDropsCapabilities) {
  EXPECT_THAT(Parse({"--cap-drop", "chown", "x"}).Capabilities(), Not(Contains("CHOWN")));
  EXPECT_THAT(Parse({"--cap-drop", "CAP_CHOWN", "x"}).Capabilities(), Not(Contains("CHOWN")));
  EXPECT_THAT(Parse({"--cap-drop", "ALL", "x"}).Capabilities(), IsEmpty());
  EXPECT_THAT(Parse({"--cap-drop", "all", "--cap-add", "kill", "x"}).Capabilities(),
              ElementsAre("KILL"));
  EXPECT_THAT(Refusal({"--cap-add", "ALL", "x"}, [](RunOptions& o) { o.Capabilities(); }),
              HasSubstr("--cap-add"));
}

TEST_F(RunOptionsTest, RefusesHostnamesThatAreNone) {
  const auto nothing = [](RunOptions&) {};
  EXPECT_EQ(Parse({"--hostname", "a-1.B", "x"}).program.hostname, "a-1.B");
  for (const std::string& name : {std::string("a b"), std::string("a_b"), std::string("a\nb"),
                                  std::string("a/b"), std::string(64, 'a')}) {
    EXPECT_THAT(Refusal({"--hostname", name, "x"}, nothing), HasSubstr("--hostname")) << name;
  }
}

TEST_F(RunOptionsTest, ReadsDurations) {
  EXPECT_EQ(Parse({"--timeout", "1m30s", "x"}).Timeout(), std::chrono::seconds(90));
  EXPECT_EQ(Parse({"x"}).Timeout().count(), 0);
  for (const char* text : {"10", "0s", "x", "-1s"}) {
    EXPECT_THAT(
        Refusal({"--timeout=" + std::string(text), "x"}, [](RunOptions& o) { o.Timeout(); }),
        HasSubstr("--timeout"))
        << text;
  }
}

TEST_F(RunOptionsTest, HaveAGracePeriodInSeconds) {
  EXPECT_EQ(Parse({"--stop-timeout", "3", "x"}).Grace(), std::chrono::seconds(3));
  EXPECT_EQ(Parse({"--stop-timeout", "0", "x"}).Grace().count(), 0);
  EXPECT_EQ(Parse({"x"}).Grace(), std::chrono::seconds(10));
  EXPECT_THAT(Refusal({"--stop-timeout", "-2", "x"}, [](RunOptions& o) { o.Grace(); }),
              HasSubstr("--stop-timeout -2"));
}

TEST_F(RunOptionsTest, PassesVariablesOnByNameOnly) {
  ::setenv("RUN_OPTIONS_TEST", "value", 1);
  EXPECT_THAT(
      Parse({"-e", "RUN_OPTIONS_TEST", "-e", "A=b=c", "-e", "NOT_SET_ANYWHERE", "x"}).program.env,
      ElementsAre("RUN_OPTIONS_TEST=value", "A=b=c", "NOT_SET_ANYWHERE"));
  ::unsetenv("RUN_OPTIONS_TEST");
}

}  // namespace
}  // namespace runner
