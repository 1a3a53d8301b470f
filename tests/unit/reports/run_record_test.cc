#include "reports/run_record.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "tests/unit/reports/page_testing.h"

namespace reports {
namespace {

TEST(RunRecordJson, GivesTheSameRecordBack) {
  const RunRecord record = SampleRun();
  const std::string text = ToJson(record);
  const RunRecord back = RunRecordFromJson(text);
  EXPECT_EQ(ToJson(back), text);
  EXPECT_EQ(back.steps.size(), record.steps.size());
  EXPECT_EQ(back.steps[1].pushed, record.steps[1].pushed);
  EXPECT_EQ(back.started, record.started);
  EXPECT_EQ(back.event.title, record.event.title);
}

TEST(RunRecordJson, IsComplete) {
  RunRecord record = SampleRun();
  record.tree = std::string(40, 'b');
  record.runner = {"1.2", "6.1.0", "x86_64", 4, "sha256:ab"};
  record.resumed = {"01kgasd000000000", "build", true};
  record.env = {"A"};
  record.secrets = {"token"};
  record.plan = R"({"steps":[]})";
  record.commit_time = 1'700'000'000;
  record.replays = "01kgasd000000001";
  record.options = {"ci.yml", {"test"}, {{"cc", "gcc"}}};
  record.images = {{"debian:12", "sha256:aa"}};
  record.event.kind = pipeline::EventKind::kSchedule;
  record.event.action = "opened";
  record.event.inputs = {{"target", "staging"}};
  record.steps[1].limits = {1.5, 2, 3, 4, 5};
  record.steps[1].layer_digest = "sha256:cd";
  record.steps[1].log = {7, 8, "sha256:ef"};
  const std::string text = ToJson(record);
  const RunRecord back = RunRecordFromJson(text);
  EXPECT_EQ(ToJson(back), text);
  EXPECT_EQ(back.tree, record.tree);
  EXPECT_EQ(back.runner.seccomp, "sha256:ab");
  EXPECT_EQ(back.runner.cpus, 4u);
  EXPECT_EQ(back.resumed.from, "build");
  EXPECT_TRUE(back.resumed.patched);
  EXPECT_EQ(back.env, record.env);
  EXPECT_EQ(back.secrets, record.secrets);
  EXPECT_EQ(back.plan, record.plan);
  EXPECT_EQ(back.version, kRecordVersion);
  EXPECT_EQ(back.commit_time, record.commit_time);
  EXPECT_EQ(back.replays, record.replays);
  EXPECT_EQ(back.options, record.options);
  EXPECT_EQ(back.images, record.images);
  EXPECT_EQ(back.event.kind, record.event.kind);
  EXPECT_EQ(back.event.inputs, record.event.inputs);
  EXPECT_EQ(back.steps[1].limits.pids, 4u);
  EXPECT_EQ(back.steps[1].layer_digest, "sha256:cd");
  EXPECT_EQ(back.steps[1].log.lines, 7u);
}

TEST(RunRecordJson, OpensOneOfTheFirstVersion) {
  const RunRecord record = RunRecordFromJson(R"({
    "version": 1, "id": "01kgasd000abcdef", "state": "finished", "pipeline": "p", "commit": "c",
    "event": {"kind": "push", "repository": "r", "clone_url": "u", "ref": "", "branch": "main",
              "tag": "", "commit": "", "working_tree": true, "pull_request": 0, "author": "",
              "title": ""},
    "started_ms": 5, "duration_ms": 6, "outcome": "passed", "reason": "", "diagnostics": [],
    "steps": [{"name": "s", "kind": "run", "needs": [], "state": "finished", "started_ms": 5,
               "outcome": "passed", "cause": "none", "exit_code": 0, "signal": 0, "reason": "",
               "usage": {"wall_ms": 1, "user_ms": 1, "system_ms": 1, "peak_memory_bytes": 1},
               "image_digest": "", "pushed": []}]})");
  EXPECT_EQ(record.outcome, pipeline::Outcome::kPassed);
  EXPECT_EQ(record.plan, "");
  EXPECT_EQ(record.version, 1);
  EXPECT_EQ(record.steps.at(0).log.digest, "");
}

TEST(RunRecordJson, TakesTextsThatAreNoUtf8) {
  RunRecord record = SampleRun();
  record.event.title = "a\xFF";
  EXPECT_EQ(RunRecordFromJson(ToJson(record)).event.title, "a\xEF\xBF\xBD");
}

TEST(RunRecordJson, RefusesWhatIsNoRecord) {
  for (const char* text : {"", "[]", "{}", "{\"version\": \"1\"}", "{\"version\": 99}"}) {
    EXPECT_THROW(RunRecordFromJson(text), runtime::base::Error) << text;
  }
  std::string text = ToJson(SampleRun());
  text.replace(text.find("\"failed\""), 8, "\"nonsense\"");
  EXPECT_THROW(RunRecordFromJson(text), runtime::base::Error);
}

}  // namespace
}  // namespace reports
