// Bad and odd options of `runner run`: one clear line, exit code 2, nothing started.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

using testing::HasSubstr;

class Options : public RunTest {};

TEST_F(Options, ThatAreWrongAreBadUsageInOneLine) {
  const Words cases[] = {
      {"--hostname", "a b"},
      {"--hostname", std::string(64, 'a')},
      {"--hostname", "a\nb"},
      {"--network", "bridge"},
      {"--volume", "relative/path:/x"},
      {"--volume", "/tmp:x"},
      {"--volume", "/tmp:/"},
      {"--volume", "/tmp:/x:y"},
      {"--volume", "/no/such/path:/x"},
      {"--tmpfs", "x"},
      {"--tmpfs", "/x:0"},
      {"--tmpfs", "/"},
      {"--workdir", "relative"},
      {"--timeout", "10"},
      {"--timeout", "0s"},
      {"--security-opt", "apparmor=x"},
      {"--no-such-option"},
  };
  for (const Words& options : cases) {
    const Output output = Run(options, {"true"});
    EXPECT_EQ(output.code, 125) << options[0] << output.errors;
    EXPECT_EQ(output.text, "");
    EXPECT_EQ(std::count(output.errors.begin(), output.errors.end(), '\n'), 1) << output.errors;
  }
}

TEST_F(Options, ThatAreNamesOfNothingAreRefusedInOneCleanLine) {
  const std::string long_name(65536, 'a');
  for (const std::string& name :
       {std::string("../x"), std::string("a/../../b"), std::string("a\nb"), std::string("\r"),
        std::string("\x1b]0;title\a"), std::string("\xff\xfe"), std::string("."), std::string(".."),
        std::string("-x"), std::string(" "), long_name}) {
    std::vector<Output> outputs;
    for (const char* option : {"hostname", "name", "user", "network", "cap-add", "volume"}) {
      const bool volume = std::string(option) == "volume";
      if (!volume || !(name == "." || name == "..")) {  // Those are directories of this host.
        outputs.push_back(
            Run({"--" + std::string(option) + "=" + name + (volume ? ":/v" : "")}, {"true"}));
      }
    }
    outputs.push_back(Run({"--pull=never"}, {"true"}, name));
    for (const Output& output : outputs) {
      EXPECT_EQ(output.code, 125) << name.substr(0, 20) << " " << output.errors.substr(0, 200);
      EXPECT_EQ(std::count(output.errors.begin(), output.errors.end(), '\n'), 1)
          << output.errors.substr(0, 200);
      EXPECT_TRUE(std::all_of(output.errors.begin(), output.errors.end() - 1, [](unsigned char c) {
        return c >= ' ' && c != 0x7F;
      })) << output.errors.substr(0, 200);
    }
  }
  EXPECT_TRUE(ContainersAreGone());
}

TEST_F(Options, AfterTheImageAreTheCommands) {
  EXPECT_EQ(Run({}, {"echo", "-v", "--memory", "--", "-x"}).text, "-v --memory -- -x\n");
}

TEST_F(Options, AnImageThatIsNotThereIsOurError) {
  const Output output = Run({"--pull", "never"}, {"true"}, "no-such-image");
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("no-such-image"));
}

TEST_F(Options, EntrypointAndCommandCombineAsDockersDo) {
  MakeImage("entry", "true", {"ENTRYPOINT [\"echo\", \"entry\"]", "CMD [\"command\"]"});
  EXPECT_EQ(Run({}, {}, "entry").text, "entry command\n");
  EXPECT_EQ(Run({}, {"other"}, "entry").text, "entry other\n");
  EXPECT_EQ(Run({"--entrypoint", "id"}, {"-u"}, "entry").text, "0\n");
  EXPECT_EQ(Run({"--entrypoint", ""}, {"echo", "x"}, "entry").text, "x\n");
}

TEST_F(Options, EnvironmentOfTheCallerOverridesTheImages) {
  MakeImage("env", "true", {"ENV A=image B=image"});
  EXPECT_EQ(Run({"-e", "A=run", "-e", "C="}, {"sh", "-c", "echo $A $B ${C-unset}."}, "env").text,
            "run image .\n");
}

TEST_F(Options, EnvironmentArrivesByteForByte) {
  const std::string odd = "-x \"quote' $HOME `id`\n=\\\t\x01\xff";
  EXPECT_EQ(Run({"-e", "ODD=" + odd}, {"sh", "-c", "printf %s \"$ODD\""}).text, odd);
}

TEST_F(Options, HostnameIsInTheFilesToo) {
  EXPECT_EQ(Text({"--hostname", "box.example"},
                 "hostname; cat /etc/hostname; grep -c box.example /etc/hosts; echo $HOSTNAME"),
            "box.example\nbox.example\n1\nbox.example");
}

}  // namespace
}  // namespace tests
