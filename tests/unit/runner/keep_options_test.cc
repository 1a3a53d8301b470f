#include "runner/verbs/keep_options.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>

#include "runtime/base/error.h"

namespace runner {
namespace {

namespace lifecycle = runtime::lifecycle;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class KeepOptionsTest : public testing::Test {
 protected:
  KeepOptions& Parse(std::vector<std::string> words) {
    app_ = std::make_unique<CLI::App>();
    options_ = std::make_unique<KeepOptions>();
    options_->Declare(*app_);
    std::reverse(words.begin(), words.end());
    app_->parse(words);
    options_->Finish();
    return *options_;
  }
  lifecycle::Config Applied(const std::vector<std::string>& words) {
    lifecycle::Config config;
    Parse(words).Apply(config);
    return config;
  }
  std::string Refusal(const std::vector<std::string>& words) {
    try {
      Parse(words);
    } catch (const runtime::base::Error& e) {
      EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUsage);
      return e.what();
    }
    ADD_FAILURE() << words.front() << " was accepted";
    return "";
  }

  std::unique_ptr<CLI::App> app_;
  std::unique_ptr<KeepOptions> options_;
};

TEST_F(KeepOptionsTest, KeepAContainerThatIsNamedLeftOrRestarted) {
  EXPECT_FALSE(Parse({}).Wanted());
  EXPECT_FALSE(Parse({"--rm"}).Wanted());
  EXPECT_FALSE(Parse({"--label", "a=b"}).Wanted());
  EXPECT_TRUE(Parse({"-d"}).Wanted());
  EXPECT_TRUE(Parse({"--name", "web"}).Wanted());
  EXPECT_TRUE(Parse({"--restart", "always"}).Wanted());
  EXPECT_TRUE(Parse({"--rm=false"}).Wanted());
  EXPECT_TRUE(Parse({"--rm", "--cidfile", "id"}).Wanted());
}

TEST_F(KeepOptionsTest, SayWhatAContainerIs) {
  const lifecycle::Config config =
      Applied({"--restart", "on-failure:3", "-l", "a=b=c", "--label", "d", "--log-opt",
               "max-size=1m", "--log-opt", "max-file=5"});
  EXPECT_EQ(config.restart.when, lifecycle::RestartPolicy::When::kOnFailure);
  EXPECT_EQ(config.restart.most, 3u);
  EXPECT_THAT(config.labels, ElementsAre(Pair("a", "b=c"), Pair("d", "")));
  EXPECT_EQ(config.log.file_bytes, 1u << 20);
  EXPECT_EQ(config.log.files, 5u);
  EXPECT_FALSE(config.remove_at_end);
  EXPECT_TRUE(Applied({"-d", "--rm"}).remove_at_end);
}

TEST_F(KeepOptionsTest, AreRefusedByName) {
  EXPECT_THAT(Refusal({"--name", "a/b"}), HasSubstr("a/b"));
  EXPECT_THAT(Refusal({"--restart", "maybe"}), HasSubstr("maybe"));
  EXPECT_THAT(Refusal({"--rm", "--restart", "always"}), HasSubstr("--restart"));
  EXPECT_THAT(Refusal({"--log-opt", "max-size=1"}), HasSubstr("at least 64k"));
  EXPECT_THAT(Refusal({"--log-opt", "max-file=0"}), HasSubstr("max-file"));
  EXPECT_THAT(Refusal({"--log-opt", "mode=x"}), HasSubstr("mode=x"));
  EXPECT_THAT(Refusal({"--detach-keys", "ctrl-"}), HasSubstr("--detach-keys"));
}

TEST_F(KeepOptionsTest, HealthOptionsGoOverTheImagesCheck) {
  using std::chrono::milliseconds;
  const runtime::image::HealthCheck image = {
      .test = {"CMD", "check"}, .interval = 5'000'000'000, .retries = 7};
  EXPECT_FALSE(Parse({}).health.Over(std::nullopt));
  EXPECT_FALSE(Parse({"--health-interval", "1s"}).health.Over(std::nullopt));
  const auto own = Parse({"--health-cmd", "a b"}).health.Over(std::nullopt);
  ASSERT_TRUE(own);
  EXPECT_THAT(own->argv, ElementsAre("/bin/sh", "-c", "a b"));
  EXPECT_EQ(own->interval, milliseconds(30'000));
  EXPECT_EQ(own->retries, 3u);
  const auto mixed = Parse({"--health-timeout", "2s", "--health-interval", "0"}).health.Over(image);
  ASSERT_TRUE(mixed);
  EXPECT_THAT(mixed->argv, ElementsAre("check"));
  EXPECT_EQ(mixed->interval, milliseconds(5000));
  EXPECT_EQ(mixed->timeout, milliseconds(2000));
  EXPECT_EQ(mixed->retries, 7u);
  EXPECT_FALSE(Parse({"--no-healthcheck"}).health.Over(image));
  EXPECT_FALSE(Parse({}).health.Over(runtime::image::HealthCheck{.test = {"NONE"}}));
}

}  // namespace
}  // namespace runner
