#include "reports/run_record.h"

#include <nlohmann/json.hpp>

#include <array>

#include "runtime/base/error.h"

namespace reports {
namespace {

using nlohmann::json;
using pipeline::Cause;
using pipeline::EventKind;
using pipeline::Outcome;
using runtime::base::Error;
using runtime::base::ErrorKind;
using std::chrono::milliseconds;

// 2: runner, tree, plan, names of variables and secrets; limits, layer and log of each step.
// 3: images, options, the commit's time, what a replay was made from; all of the event; the
// clone's layer; limits in the plan.
constexpr int kVersion = kRecordVersion;

// Names of an enum's values, in their order; the JSON says names, never numbers.
template <typename Enum, size_t N>
struct Names {
  std::array<const char*, N> names;

  const char* Of(Enum value) const { return names.at(static_cast<size_t>(value)); }
  Enum Parse(const std::string& text) const {
    for (size_t i = 0; i < N; ++i) {
      if (text == names[i]) {
        return static_cast<Enum>(i);
      }
    }
    throw Error(ErrorKind::kInvalid, "run record: unknown value \"" + text + "\"");
  }
};

constexpr Names<RunState, 3> kRunStates{{"queued", "running", "finished"}};
constexpr Names<StepState, 3> kStepStates{{"pending", "running", "finished"}};
constexpr Names<EventKind, 5> kEvents{{"push", "pull-request", "tag", "manual", "schedule"}};
constexpr Names<Outcome, 8> kOutcomes{
    {"passed", "flaky", "warned", "skipped", "failed", "errored", "cancelled", "timed-out"}};
constexpr Names<Cause, 8> kCauses{
    {"none", "exit-code", "signal", "out-of-memory", "timeout", "tests", "disk", "ours"}};

int64_t ToMs(WallTime time) {
  return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

WallTime FromMs(const json& value) { return WallTime(milliseconds(value.get<int64_t>())); }

json EventToJson(const pipeline::TriggerEvent& event) {
  return {{"kind", kEvents.Of(event.kind)},
          {"repository", event.repository},
          {"clone_url", event.clone_url},
          {"ref", event.ref},
          {"branch", event.branch},
          {"tag", event.tag},
          {"commit", event.commit},
          {"working_tree", event.working_tree},
          {"pull_request", event.pull_request},
          {"action", event.action},
          {"inputs", event.inputs},
          {"author", event.author},
          {"title", event.title},
          {"action", event.action},
          {"fork", event.fork},
          {"schedule", event.schedule}};
}

pipeline::TriggerEvent EventFromJson(const json& j, int version) {
  pipeline::TriggerEvent event;
  event.kind = kEvents.Parse(j.at("kind"));
  event.repository = j.at("repository");
  event.clone_url = j.at("clone_url");
  event.ref = j.at("ref");
  event.branch = j.at("branch");
  event.tag = j.at("tag");
  event.commit = j.at("commit");
  event.working_tree = j.at("working_tree");
  event.pull_request = j.at("pull_request");
  if (version >= 3) {
    event.action = j.at("action");
    event.inputs = j.at("inputs").get<std::map<std::string, std::string>>();
  }
  event.author = j.at("author");
  event.title = j.at("title");
  event.action = j.value("action", "");
  event.fork = j.value("fork", false);
  event.schedule = j.value("schedule", "");
  return event;
}

json TotalsToJson(const pipeline::TestTotals& totals) {
  return {{"tests", totals.tests},   {"passed", totals.passed},   {"failed", totals.failed},
          {"errors", totals.errors}, {"skipped", totals.skipped}, {"seconds", totals.seconds}};
}

pipeline::TestTotals TotalsFromJson(const json& j) {
  pipeline::TestTotals totals;
  totals.tests = j.at("tests");
  totals.passed = j.at("passed");
  totals.failed = j.at("failed");
  totals.errors = j.at("errors");
  totals.skipped = j.at("skipped");
  totals.seconds = j.at("seconds");
  return totals;
}

json LimitsToJson(const pipeline::Limits& limits) {
  return {{"cpus", limits.cpus},
          {"memory_bytes", limits.memory_bytes},
          {"disk_bytes", limits.disk_bytes},
          {"pids", limits.pids},
          {"open_files", limits.open_files}};
}

pipeline::Limits LimitsFromJson(const json& j) {
  pipeline::Limits limits;
  limits.cpus = j.at("cpus");
  limits.memory_bytes = j.at("memory_bytes");
  limits.disk_bytes = j.at("disk_bytes");
  limits.pids = j.at("pids");
  limits.open_files = j.at("open_files");
  return limits;
}

json RunnerToJson(const RunnerRecord& runner) {
  return {{"version", runner.version},
          {"kernel", runner.kernel},
          {"machine", runner.machine},
          {"cpus", runner.cpus},
          {"seccomp", runner.seccomp}};
}

RunnerRecord RunnerFromJson(const json& j) {
  RunnerRecord runner;
  runner.version = j.at("version");
  runner.kernel = j.at("kernel");
  runner.machine = j.at("machine");
  runner.cpus = j.at("cpus");
  runner.seccomp = j.at("seccomp");
  return runner;
}

json OptionsToJson(const OptionsRecord& options) {
  return {{"file", options.file}, {"steps", options.steps}, {"matrix", options.matrix}};
}

OptionsRecord OptionsFromJson(const json& j) {
  OptionsRecord options;
  options.file = j.at("file");
  options.steps = j.at("steps").get<std::vector<std::string>>();
  options.matrix = j.at("matrix").get<pipeline::MatrixCell>();
  return options;
}

json StepToJson(const StepRecord& step) {
  json j = {{"name", step.name},
            {"kind", step.kind},
            {"needs", step.needs},
            {"state", kStepStates.Of(step.state)},
            {"started_ms", ToMs(step.started)}};
  if (step.state == StepState::kFinished) {
    j["outcome"] = kOutcomes.Of(step.outcome);
    j["cause"] = kCauses.Of(step.cause);
    j["exit_code"] = step.exit_code;
    j["signal"] = step.signal;
    j["reason"] = step.reason;
    j["usage"] = {{"wall_ms", step.usage.wall.count()},
                  {"user_ms", step.usage.user.count()},
                  {"system_ms", step.usage.system.count()},
                  {"peak_memory_bytes", step.usage.peak_memory_bytes},
                  {"read_bytes", step.usage.read_bytes},
                  {"written_bytes", step.usage.written_bytes},
                  {"peak_processes", step.usage.peak_processes}};
    j["image_digest"] = step.image_digest;
    j["pushed"] = step.pushed;
    if (!step.reused_from.empty()) {
      j["reused_from"] = step.reused_from;
    }
    if (step.has_tests) {
      j["tests"] = TotalsToJson(step.tests);
    }
    j["limits"] = LimitsToJson(step.limits);
    j["layer_digest"] = step.layer_digest;
    if (!step.history.empty()) {
      j["history"] = step.history;
    }
    j["log"] = {{"lines", step.log.lines}, {"bytes", step.log.bytes}, {"digest", step.log.digest}};
  }
  return j;
}

StepRecord StepFromJson(const json& j, int version) {
  StepRecord step;
  step.name = j.at("name");
  step.kind = j.at("kind");
  step.needs = j.at("needs").get<std::vector<std::string>>();
  step.state = kStepStates.Parse(j.at("state"));
  step.started = FromMs(j.at("started_ms"));
  if (step.state == StepState::kFinished) {
    step.outcome = kOutcomes.Parse(j.at("outcome"));
    step.cause = kCauses.Parse(j.at("cause"));
    step.exit_code = j.at("exit_code");
    step.signal = j.at("signal");
    step.reason = j.at("reason");
    const json& usage = j.at("usage");
    step.usage.wall = milliseconds(usage.at("wall_ms").get<int64_t>());
    step.usage.user = milliseconds(usage.at("user_ms").get<int64_t>());
    step.usage.system = milliseconds(usage.at("system_ms").get<int64_t>());
    step.usage.peak_memory_bytes = usage.at("peak_memory_bytes");
    // Records of earlier versions have none of these.
    step.usage.read_bytes = usage.value("read_bytes", uint64_t{0});
    step.usage.written_bytes = usage.value("written_bytes", uint64_t{0});
    step.usage.peak_processes = usage.value("peak_processes", uint64_t{0});
    step.image_digest = j.at("image_digest");
    step.pushed = j.at("pushed").get<std::vector<std::string>>();
    step.reused_from = j.value("reused_from", "");
    step.has_tests = j.contains("tests");
    if (step.has_tests) {
      step.tests = TotalsFromJson(j.at("tests"));
    }
    if (version >= 2) {
      step.limits = LimitsFromJson(j.at("limits"));
      step.layer_digest = j.at("layer_digest");
      step.history = j.value("history", "");
      const json& log = j.at("log");
      step.log = {log.at("lines"), log.at("bytes"), log.at("digest")};
    }
  }
  return step;
}

RunRecord FromParsed(const json& j) {
  const int version = j.at("version");
  if (version > kVersion) {
    throw Error(ErrorKind::kUnsupported, "run record: version " + std::to_string(version) +
                                             " is newer than this program reads (" +
                                             std::to_string(kVersion) + ")");
  }
  RunRecord record;
  record.version = version;
  record.id = j.at("id");
  record.state = kRunStates.Parse(j.at("state"));
  record.event = EventFromJson(j.at("event"), version);
  record.pipeline = j.at("pipeline");
  record.commit = j.at("commit");
  record.started = FromMs(j.at("started_ms"));
  if (version >= 2) {
    record.tree = j.at("tree");
    record.runner = RunnerFromJson(j.at("runner"));
    record.env = j.at("env").get<std::vector<std::string>>();
    record.secrets = j.at("secrets").get<std::vector<std::string>>();
    if (j.contains("resumed")) {
      const json& resumed = j.at("resumed");
      record.resumed = {resumed.at("run"), resumed.at("from"), resumed.at("patched")};
    }
    record.plan = j.at("plan").is_null() ? "" : j.at("plan").dump();
  }
  if (version >= 3) {
    record.commit_time = j.at("commit_time");
    record.replays = j.at("replays");
    record.options = OptionsFromJson(j.at("options"));
    record.images = j.at("images").get<std::map<std::string, std::string>>();
  }
  for (const json& step : j.at("steps")) {
    record.steps.push_back(StepFromJson(step, version));
  }
  if (record.state == RunState::kFinished) {
    record.duration = milliseconds(j.at("duration_ms").get<int64_t>());
    record.outcome = kOutcomes.Parse(j.at("outcome"));
    record.reason = j.at("reason");
    record.diagnostics = j.at("diagnostics").get<std::vector<std::string>>();
    record.has_tests = j.contains("tests");
    if (record.has_tests) {
      record.tests = TotalsFromJson(j.at("tests"));
    }
  }
  return record;
}

}  // namespace

std::string_view StatusWord(const RunRecord& record) {
  return record.state == RunState::kFinished ? pipeline::ToString(record.outcome)
                                             : kRunStates.Of(record.state);
}

std::string_view StatusWord(const StepRecord& step) {
  return step.state == StepState::kFinished ? pipeline::ToString(step.outcome)
                                            : kStepStates.Of(step.state);
}

std::string ToJson(const RunRecord& record) {
  json j = {{"version", kVersion},
            {"id", record.id},
            {"state", kRunStates.Of(record.state)},
            {"event", EventToJson(record.event)},
            {"pipeline", record.pipeline},
            {"commit", record.commit},
            {"tree", record.tree},
            {"commit_time", record.commit_time},
            {"replays", record.replays},
            {"options", OptionsToJson(record.options)},
            {"images", record.images},
            {"started_ms", ToMs(record.started)},
            {"runner", RunnerToJson(record.runner)},
            {"env", record.env},
            {"secrets", record.secrets},
            {"plan", record.plan.empty() ? json() : json::parse(record.plan)},
            {"steps", json::array()}};
  if (!record.resumed.run.empty()) {
    j["resumed"] = {{"run", record.resumed.run},
                    {"from", record.resumed.from},
                    {"patched", record.resumed.patched}};
  }
  for (const StepRecord& step : record.steps) {
    j["steps"].push_back(StepToJson(step));
  }
  if (record.state == RunState::kFinished) {
    j["duration_ms"] = record.duration.count();
    j["outcome"] = kOutcomes.Of(record.outcome);
    j["reason"] = record.reason;
    j["diagnostics"] = record.diagnostics;
    if (record.has_tests) {
      j["tests"] = TotalsToJson(record.tests);
    }
  }
  // Texts of strangers may hold invalid UTF-8, which JSON can't.
  return j.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

RunRecord RunRecordFromJson(std::string_view text) {
  try {
    return FromParsed(json::parse(text));
  } catch (const json::exception& e) {
    throw Error(ErrorKind::kInvalid, std::string("run record: ") + e.what());
  }
}

std::string ToJson(const StepRecord& step) {
  return StepToJson(step).dump(-1, ' ', false, json::error_handler_t::replace);
}

StepRecord StepRecordFromJson(std::string_view text) {
  try {
    return StepFromJson(json::parse(text), kVersion);
  } catch (const json::exception& e) {
    throw Error(ErrorKind::kInvalid, std::string("step of a run record: ") + e.what());
  }
}

}  // namespace reports
