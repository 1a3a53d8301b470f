#include "runtime/image/config_changes.h"

#include <gmock/gmock.h>

#include "runtime/base/error.h"

namespace runtime::image {
namespace {

using ::testing::ElementsAre;

ConfigChanges Parse(const std::vector<std::string>& instructions) {
  ConfigChanges changes;
  for (const std::string& instruction : instructions) {
    AddInstruction(instruction, changes);
  }
  return changes;
}

ImageConfig Applied(const std::vector<std::string>& instructions, ImageConfig config = {}) {
  Apply(Parse(instructions), config);
  return config;
}

TEST(ConfigChanges, TakesJsonListsAsTheyAreAndTextToTheShell) {
  const ImageConfig config = Applied({R"(ENTRYPOINT ["/e", "a b"])", "cmd echo  $X"});
  EXPECT_THAT(config.entrypoint, ElementsAre("/e", "a b"));
  EXPECT_THAT(config.cmd, ElementsAre("/bin/sh", "-c", "echo  $X"));
}

TEST(ConfigChanges, AnEntrypointDropsTheBasesCommandButNotItsOwn) {
  ImageConfig base;
  base.cmd = {"old"};
  EXPECT_THAT(Applied({R"(ENTRYPOINT ["/e"])"}, base).cmd, ElementsAre());
  EXPECT_THAT(Applied({R"(CMD ["new"])", R"(ENTRYPOINT ["/e"])"}, base).cmd, ElementsAre("new"));
  EXPECT_THAT(Applied({"USER 1"}, base).cmd, ElementsAre("old"));
}

TEST(ConfigChanges, MergesTheEnvironment) {
  ImageConfig base;
  base.env = {"PATH=/bin", "A=1", "AB=2"};
  EXPECT_THAT(Applied({R"(ENV A="x y" C=a\ b D='$z')", "ENV E all the rest"}, base).env,
              ElementsAre("PATH=/bin", "A=x y", "AB=2", "C=a b", "D=$z", "E=all the rest"));
}

TEST(ConfigChanges, TakesLabelsPortsVolumesAndTheRest) {
  const ImageConfig config = Applied({"LABEL a=1 b=\"2 3\"", "EXPOSE 80 53/udp", "EXPOSE 80/tcp",
                                      "VOLUME [\"/v\"]", "USER 1:1", "STOPSIGNAL SIGINT"});
  EXPECT_EQ(config.labels.at("b"), "2 3");
  EXPECT_THAT(config.exposed_ports, ElementsAre("80/tcp", "53/udp"));
  EXPECT_THAT(config.volumes, ElementsAre("/v"));
  EXPECT_EQ(config.user, "1:1");
  EXPECT_EQ(config.stop_signal, "SIGINT");
}

TEST(ConfigChanges, TakesHealthChecksAndWhatIsForBuildsOnTop) {
  ImageConfig base;
  base.on_build = {"RUN a"};
  const ImageConfig config = Applied(
      {"HEALTHCHECK --interval=5s --timeout=250ms --start-period=1m --retries=2 CMD curl -f x",
       "ONBUILD RUN b c"},
      base);
  EXPECT_THAT(config.on_build, ElementsAre("RUN a", "RUN b c"));
  ASSERT_TRUE(config.health_check);
  EXPECT_THAT(config.health_check->test, ElementsAre("CMD-SHELL", "curl -f x"));
  EXPECT_EQ(config.health_check->interval, 5'000'000'000);
  EXPECT_EQ(config.health_check->timeout, 250'000'000);
  EXPECT_EQ(config.health_check->start_period, 60'000'000'000);
  EXPECT_EQ(config.health_check->retries, 2);
  EXPECT_THAT(Applied({R"(HEALTHCHECK CMD ["a", "b"])"}).health_check->test,
              ElementsAre("CMD", "a", "b"));
  EXPECT_THAT(Applied({"HEALTHCHECK NONE"}, config).health_check->test, ElementsAre("NONE"));
}

TEST(ConfigChanges, ARelativeWorkingDirectoryContinuesTheBases) {
  ImageConfig base;
  EXPECT_EQ(Applied({"WORKDIR srv"}, base).working_dir, "/srv");
  base.working_dir = "/a";
  EXPECT_EQ(Applied({"WORKDIR b/../c"}, base).working_dir, "/a/c");
  EXPECT_EQ(Applied({"WORKDIR /x"}, base).working_dir, "/x");
}

TEST(ConfigChanges, RefusesWhatIsNoInstruction) {
  for (const char* text :
       {"", "CMD", "RUN ls", "ENV A", "ENV =b", "LABEL a=\"b", "CMD [1]", "CMD [\"a\"", "EXPOSE 0",
        "EXPOSE 70000", "EXPOSE 80/x", "EXPOSE x", "HEALTHCHECK true",
        "HEALTHCHECK --interval=x CMD true", "HEALTHCHECK --retries=0 CMD true",
        "HEALTHCHECK --x=1 CMD true", "HEALTHCHECK CMD", "ONBUILD"}) {
    EXPECT_THROW(Applied({text}), base::Error) << text;
  }
  ConfigChanges changes;
  changes.labels["a"] = std::string("x\0y", 3);
  ImageConfig config;
  EXPECT_THROW(Apply(changes, config), base::Error);
}

}  // namespace
}  // namespace runtime::image
