// runner container logs.
#include <gmock/gmock.h>

#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"

namespace tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class LifecycleLogs : public LifecycleTest {};

TEST_F(LifecycleLogs, KeepTheTwoStreamsApart) {
  Shell({"--name", "both"}, "echo out; echo err >&2");
  EXPECT_EQ(Container({"logs", "both"}), (Output{0, "out\n", "err\n"}));
}

TEST_F(LifecycleLogs, KeepEveryByte) {
  // All byte values, and a last line without an end.
  Shell({"--name", "bytes"},
        "i=0; while [ $i -lt 256 ]; do printf \"\\\\$(printf %03o $i)\"; i=$((i+1)); done");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all.push_back(static_cast<char>(byte));
  }
  EXPECT_EQ(Container({"logs", "bytes"}).text, all);
}

TEST_F(LifecycleLogs, FollowUntilTheEnd) {
  const std::string id = Start({},
                               "echo one; read x < /dev/null; trap 'echo two; exit 0' TERM; "
                               "echo ready; while :; do sleep 0.1; done");
  Process follow(Runner({"container", "logs", "-f", id}));
  follow.ReadUntil("ready");
  Ok({"stop", id});
  EXPECT_EQ(follow.Wait().text, "one\nready\ntwo\n");
}

TEST_F(LifecycleLogs, FollowAcrossRotations) {
  Process run(RunWords({"--name", "much", "--log-opt", "max-size=64k", "--log-opt", "max-file=3"},
                       {"sh", "-c", "read go; seq 1 60000; echo end"}));
  run.Wait();
  // The container had no input: it ran at once. What is left of its log is whole lines, to the end.
  const std::string text = Ok({"logs", "much"});
  EXPECT_TRUE(text.ends_with("60000\nend"));
  EXPECT_THAT(text, Not(StartsWith("1\n")));
  const std::string id = Inspect("much", "{{.Id}}");
  uint64_t bytes = 0;
  for (const char* file : {"log", "log.1", "log.2"}) {
    bytes += std::filesystem::file_size(Kept(id) / file);
  }
  EXPECT_LE(bytes, 3u * (64u << 10));
  EXPECT_FALSE(std::filesystem::exists(Kept(id) / "log.3"));
}

TEST_F(LifecycleLogs, TailShowsTheLastLines) {
  Shell({"--name", "lines"}, "seq 1 9; printf rest");
  EXPECT_EQ(Container({"logs", "--tail", "2", "lines"}).text, "9\nrest");
  EXPECT_EQ(Container({"logs", "-n", "0", "lines"}).text, "");
  EXPECT_EQ(Container({"logs", "-n", "100", "lines"}).text, "1\n2\n3\n4\n5\n6\n7\n8\n9\nrest");
}

TEST_F(LifecycleLogs, ShowTimesAndSelectByThem) {
  Shell({"--name", "timed"}, "echo now");
  EXPECT_THAT(Ok({"logs", "-t", "timed"}), MatchesRegex("20..-..-..T..:..:..\\..........Z now"));
  EXPECT_EQ(Ok({"logs", "--since", "1h", "timed"}), "now");
  EXPECT_EQ(Ok({"logs", "--until", "1h", "timed"}), "");
  EXPECT_EQ(Ok({"logs", "--since", "2100-01-01", "timed"}), "");
  EXPECT_EQ(Container({"logs", "--since", "yesterday", "timed"}).code, 2);
}

TEST_F(LifecycleLogs, GoOnAcrossStarts) {
  Shell({"--name", "twice"}, "echo life");
  Container({"start", "-a", "twice"});
  EXPECT_EQ(Ok({"logs", "twice"}), "life\nlife");
}

TEST_F(LifecycleLogs, OfAFloodAreBounded) {
  const Output flood = Shell({"--name", "flood", "--log-opt", "max-size=64k"},
                             "head -c 20000000 /dev/zero; echo; echo last");
  EXPECT_EQ(flood.code, 0);
  uint64_t bytes = 0;
  const std::string id = Inspect("flood", "{{.Id}}");
  for (const char* file : {"log", "log.1"}) {
    bytes += std::filesystem::file_size(Kept(id) / file);
  }
  EXPECT_LE(bytes, 2u * (64u << 10));
  EXPECT_TRUE(Ok({"logs", "flood"}).ends_with("\nlast"));
}

}  // namespace
}  // namespace tests
