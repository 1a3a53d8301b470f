#include "runtime/lifecycle/record_json.h"

#include <gmock/gmock.h>

#include "runtime/base/error.h"

namespace runtime::lifecycle {
namespace {

using base::Error;
using base::ErrorKind;
using testing::ElementsAre;

Config Sample() {
  Config config;
  config.id = "0123456789ab";
  config.image = "busybox";
  config.image_digest = "sha256:00";
  config.created = 1'700'000'000'123;
  config.layers = {"a", "b"};
  config.spec.id = config.id;
  config.spec.hostname = "box";
  config.spec.read_only = true;
  config.spec.binds = {{"/src", "/dst", false, true}};
  config.spec.tmpfs = {{"/tmp", 4096, 0700, true, false}};
  config.spec.sysctls = {{"net.core.somaxconn", "7"}};
  config.spec.argv = {"sh", "-c", "printf '\xff\n'"};
  config.spec.env = {"A=1", std::string("B=\xfe")};
  config.spec.cwd = "/w";
  config.spec.make_cwd = true;
  config.spec.user = {7, 8, {9, 10}};
  config.spec.capabilities = {"CHOWN"};
  config.spec.seccomp = container::SeccompProfile::kOwn;
  config.spec.own_seccomp = {{{1, 2, 3, 4}, {5, 6, 7, 0xFFFFFFFF}}, 8};
  config.spec.network = container::Network::kHost;
  config.spec.limits = {1 << 20, 2,   1.5, 3, "0-1", 12, 34, 56, {{7, 1, container::kUnlimited}},
                        -5,      true};
  config.spec.terminal = true;
  config.spec.timeout = std::chrono::milliseconds(5);
  config.spec.grace = std::chrono::milliseconds(6);
  config.spec.stop_signal = 3;
  config.volumes = {"data"};
  config.open_input = true;
  config.input_ends = true;
  config.remove_at_end = true;
  config.log = {1000, 3};
  config.restart = {RestartPolicy::When::kOnFailure, 4};
  config.labels = {{"k", "v"}, {"", "\xff"}};
  config.health_check = {.argv = {"check"}, .retries = 9};
  return config;
}

ErrorKind KindOf(const std::string& text) {
  try {
    ParseConfig(text);
  } catch (const Error& e) {
    return e.kind();
  }
  ADD_FAILURE() << text << " was accepted";
  return ErrorKind::kInternal;
}

TEST(RecordJson, ReadsAConfigAsItWasWritten) {
  const std::string text = FormatConfig(Sample());
  const Config config = ParseConfig(text);
  EXPECT_EQ(FormatConfig(config), text);
  EXPECT_EQ(config.spec.argv, Sample().spec.argv);
  EXPECT_EQ(config.spec.env, Sample().spec.env);
  EXPECT_EQ(config.labels, Sample().labels);
  EXPECT_TRUE(config.spec.binds.at(0).resolved);
  ASSERT_TRUE(config.health_check);
  EXPECT_EQ(config.health_check->retries, 9u);
  EXPECT_EQ(config.spec.limits.cpus, 1.5);
  EXPECT_THAT(config.spec.user.groups, ElementsAre(9u, 10u));
  EXPECT_EQ(config.spec.network, container::Network::kHost);
  EXPECT_EQ(config.spec.seccomp, container::SeccompProfile::kOwn);
  ASSERT_EQ(config.spec.own_seccomp.instructions.size(), 2u);
  EXPECT_EQ(config.spec.own_seccomp.instructions[1].k, 0xFFFFFFFFu);
}

TEST(RecordJson, ReadsANetworkAsItWasWritten) {
  Config config = Sample();
  config.network = {.way_out = true,
                    .names = {"web", config.id},
                    .nameservers = {*network::IpAddress::Parse("fd00::53")},
                    .allowed = {*network::IpNetwork::Parse("10.0.0.0/8")},
                    .ports = network::PublishedPort::Parse("[::1]:8000-8002:80/udp")};
  EXPECT_EQ(ParseConfig(FormatConfig(config)).network, config.network);
  State state;
  state.ports = network::PublishedPort::Parse("32768:80");
  EXPECT_EQ(ParseState(FormatState(state)).ports, state.ports);
}

TEST(RecordJson, ReadsOneOfBeforeThereWereNetworks) {
  const auto without = [](std::string text, const std::string& member) {
    const size_t at = text.find(member);
    EXPECT_NE(at, std::string::npos) << text;
    return text.erase(at, member.size());
  };
  EXPECT_EQ(ParseConfig(without(FormatConfig(Sample()), "\"network\":null,")).network,
            std::nullopt);
  EXPECT_THAT(ParseState(without(FormatState({}), "\"ports\":[],")).ports, testing::IsEmpty());
}

TEST(RecordJson, ReadsAStateAsItWasWritten) {
  for (const Status status : {Status::kCreated, Status::kRunning, Status::kPaused,
                              Status::kRestarting, Status::kExited}) {
    State state;
    state.status = status;
    state.pid = 42;
    state.started = 1;
    state.finished = 2;
    state.exit_code = 137;
    state.reason = "why\xff";
    state.out_of_memory = true;
    state.restarts = 5;
    state.health = {Health::Status::kUnhealthy, 3, {{1, 2, 3, "\xff"}}};
    const State read = ParseState(FormatState(state));
    EXPECT_EQ(read.status, status);
    EXPECT_EQ(read.health.log.at(0).output, "\xff");
    EXPECT_EQ(FormatState(read), FormatState(state));
  }
}

TEST(RecordJson, RefusesDamage) {
  const std::string whole = FormatConfig(Sample());
  for (size_t length = 0; length < whole.size(); length += 7) {
    EXPECT_EQ(KindOf(whole.substr(0, length)), ErrorKind::kInvalid);
  }
  EXPECT_EQ(KindOf("[]"), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("{\"version\":1}"), ErrorKind::kInvalid);
}

TEST(RecordJson, RefusesANewerVersionByName) {
  EXPECT_EQ(KindOf("{\"version\":999}"), ErrorKind::kUnsupported);
}

TEST(RecordJson, ReadsRestartPoliciesAsDockerNamesThem) {
  for (const char* text : {"no", "always", "unless-stopped", "on-failure", "on-failure:3"}) {
    EXPECT_EQ(FormatRestart(ParseRestart(text)), text);
  }
  for (const char* text :
       {"never", "on-failure:", "on-failure:x", "on-failure:-1", "on-failure3"}) {
    EXPECT_THROW(ParseRestart(text), Error) << text;
  }
}

}  // namespace
}  // namespace runtime::lifecycle
