#include "runtime/image/config.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "runtime/base/error.h"

namespace runtime::image {
namespace {

using nlohmann::json;

const base::Digest kA = base::Digest::Of("a");
const base::Digest kB = base::Digest::Of("b");

ImageConfig AConfig() {
  ImageConfig config;
  config.created = 1'700'000'000;
  config.user = "1000:1000";
  config.env = {"PATH=/bin", "EMPTY="};
  config.entrypoint = {"/entry", "with space"};
  config.cmd = {"a"};
  config.working_dir = "/srv";
  config.stop_signal = "SIGQUIT";
  config.labels = {{"k", "v"}, {"K", "V"}};
  config.exposed_ports = {"80/tcp"};
  config.volumes = {"/data"};
  config.diff_ids = {kA, kB};
  config.history = {{1, "first", "", false}, {2, "second", "why", true, "who"}};
  config.author = "me";
  config.on_build = {"RUN true"};
  config.health_check =
      HealthCheck{.test = {"CMD", "check"}, .interval = 5'000'000'000, .retries = 2};
  return config;
}

TEST(Config, ReadsWhatItWrites) {
  const std::string text = FormatConfig(AConfig());
  const ImageConfig config = ParseConfig(text, "config");
  EXPECT_EQ(FormatConfig(config), text);
  EXPECT_EQ(config.labels.at("K"), "V");
  EXPECT_EQ(config.created, 1'700'000'000);
  ASSERT_EQ(config.history.size(), 2u);
  EXPECT_TRUE(config.history[1].empty_layer);
  EXPECT_EQ(config.history[1].author, "who");
  EXPECT_EQ(config.author, "me");
  EXPECT_EQ(config.health_check, AConfig().health_check);
}

TEST(Config, TakesNullListsAsDockerWritesThem) {
  json document = json::parse(FormatConfig(ImageConfig{}));
  document["config"] = {
      {"Cmd", nullptr}, {"Entrypoint", nullptr}, {"Labels", nullptr}, {"Env", {"FOO"}}};
  const ImageConfig config = ParseConfig(document.dump(), "config");
  EXPECT_TRUE(config.cmd.empty());
  EXPECT_EQ(config.env[0], "FOO=");
}

TEST(Config, RefusesMembersOfAnotherType) {
  for (const char* patch :
       {R"({"config":{"Entrypoint":"sh"}})", R"({"config":{"Env":[1]}})",
        R"({"config":{"Labels":{"a":1}}})", R"({"config":{"Healthcheck":"CMD true"}})",
        R"({"config":{"Healthcheck":{"Interval":-1}}})", R"({"config":[]})",
        R"({"rootfs":{"type":"x"}})", R"({"rootfs":{"type":"layers","diff_ids":["sha256:../x"]}})",
        R"({"created":"yesterday"})", R"({"history":{}})", R"({"history":[{"empty_layer":1}]})",
        R"({"os":""})", R"({"Os":"linux"})"}) {
    json document = json::parse(FormatConfig(AConfig()));
    document.update(json::parse(patch));
    EXPECT_THROW(ParseConfig(document.dump(), "config"), base::Error) << patch;
  }
}

TEST(Config, ReadsTimestampsOfEveryTool) {
  EXPECT_EQ(ParseTimestamp("1970-01-01T00:01:00Z", "t"), 60);
  EXPECT_EQ(ParseTimestamp("2023-11-14T22:13:20.123456789Z", "t"), 1'700'000'000);
  EXPECT_EQ(ParseTimestamp("2023-11-14T23:13:20+01:00", "t"), 1'700'000'000);
  EXPECT_EQ(ParseTimestamp("0001-01-01T00:00:00Z", "t"), 0);
  for (const char* bad : {"", "now", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14T22:13:20Zx",
                          "2023-11-14T22:13:20+", "2023-13-14T22:13:20Z"}) {
    EXPECT_THROW(ParseTimestamp(bad, "t"), base::Error) << bad;
  }
}

// The example of the specification: a chain id is the digest of the one below, a space and the
// diffID.
TEST(Config, ChainIdsDependOnEveryLayerBelow) {
  EXPECT_EQ(ChainIds({kA})[0], kA.hex());
  EXPECT_EQ(ChainIds({kA, kB})[1], base::Digest::Of(kA.ToString() + " " + kB.ToString()).hex());
  EXPECT_NE(ChainIds({kA, kB})[1], ChainIds({kB, kB})[1]);
}

}  // namespace
}  // namespace runtime::image
