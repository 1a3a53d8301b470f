#include "runner/run_directory.h"

#include <exception>
#include <utility>

#include "reports/junit_writer.h"
#include "reports/log_line.h"
#include "reports/plan_json.h"
#include "runner/run_id.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

using pipeline::Stream;
using reports::RunState;
using reports::StepRecord;
using reports::StepState;
using runtime::base::Durability;
using runtime::base::Error;
using runtime::base::ErrorKind;

const char* KindOf(const pipeline::StepPlan& step) {
  struct Name {
    const char* operator()(const pipeline::CommandAction&) const { return "run"; }
    const char* operator()(const pipeline::ImageBuildAction&) const { return "image-build"; }
    const char* operator()(const pipeline::PushAction&) const { return "push"; }
  };
  return std::visit(Name{}, step.action);
}

void Fill(StepRecord& record, const pipeline::StepSummary& step) {
  record.kind = step.kind;
  record.state = StepState::kFinished;
  record.outcome = step.result.outcome;
  record.cause = step.result.cause;
  record.exit_code = step.result.exit_code;
  record.signal = step.result.signal;
  record.reason = step.result.reason;
  record.reused_from = step.result.reused_from;
  record.usage = step.result.usage;
  record.image_digest = step.result.image_digest;
  record.pushed = step.result.pushed;
  record.has_tests = step.result.has_tests;
  record.tests = step.result.tests.Totals();
}

}  // namespace

RunDirectory::RunDirectory(std::filesystem::path runs, const runtime::base::Clock& clock,
                           const LogBounds& bounds, RunFacts facts)
    : runs_(std::move(runs)), clock_(clock), bounds_(bounds) {
  record_.runner = std::move(facts.runner);
  record_.env = std::move(facts.env);
  record_.secrets = std::move(facts.secrets);
  record_.resumed = std::move(facts.resumed);
  record_.replays = std::move(facts.replays);
  record_.options = std::move(facts.options);
}

RunDirectory::~RunDirectory() = default;

template <typename F>
void RunDirectory::Keep(F&& f) {
  try {
    f();
  } catch (const std::exception& e) {
    if (failure_.empty()) {
      failure_ = std::string("the run's directory is incomplete: ") + e.what();
    }
  }
}

StepRecord& RunDirectory::Step(const std::string& name) {
  const auto [place, is_new] = places_.try_emplace(name, record_.steps.size());
  if (is_new) {
    record_.steps.emplace_back().name = name;
  }
  return record_.steps[place->second];
}

void RunDirectory::NoteStep(const std::string& step, const StepFacts& facts) {
  const std::lock_guard lock(mutex_);
  StepFacts& known = facts_[step];
  known.limits = facts.limits ? facts.limits : known.limits;
  known.layer_digest = facts.layer_digest ? facts.layer_digest : known.layer_digest;
  known.history = facts.history ? facts.history : known.history;
}

void RunDirectory::AddFacts(StepRecord& step) {
  const std::lock_guard lock(mutex_);
  if (const auto facts = facts_.find(step.name); facts != facts_.end()) {
    step.limits = facts->second.limits.value_or(step.limits);
    step.layer_digest = facts->second.layer_digest.value_or(step.layer_digest);
    step.history = facts->second.history.value_or(step.history);
  }
}

void RunDirectory::NoteImage(const std::string& name, const std::string& digest) {
  const std::lock_guard lock(mutex_);
  images_[name] = digest;
}

void RunDirectory::WriteRecord(Durability durability) {
  for (StepRecord& step : record_.steps) {
    AddFacts(step);
  }
  {
    const std::lock_guard lock(mutex_);
    record_.images = images_;
  }
  if (paths_) {
    runtime::base::WriteFileAtomically(paths_->record(), reports::ToJson(record_), durability);
  }
}

void RunDirectory::RunStarted(const std::string& run_id, const pipeline::TriggerEvent& event) {
  Keep([&] {
    if (!IsRunId(run_id)) {
      throw Error(ErrorKind::kInvalid,
                  "\"" + runtime::base::ForMessage(run_id) + "\" can't be the name of a run");
    }
    record_.id = run_id;
    record_.state = RunState::kRunning;
    record_.event = event;
    record_.started = clock_.Now();
    const RunPaths paths(runs_, run_id);
    runtime::base::MakeDirectories(paths.logs());
    lock_.emplace(paths.lock());
    paths_ = paths;
    // Before the record: one of a run that begins anew has nothing of its first life.
    journal_.emplace(paths.step_journal());
    WriteRecord(Durability::kNoFlush);
  });
}

void RunDirectory::PlanMade(const pipeline::RunPlan& plan) {
  Keep([&] {
    record_.pipeline = plan.name;
    record_.plan = reports::PlanJson(plan);
    for (const pipeline::StepPlan& step : plan.steps) {
      StepRecord& record = Step(step.name);
      record.kind = KindOf(step);
      for (const size_t need : step.needs) {
        record.needs.push_back(plan.steps.at(need).name);
      }
    }
    WriteRecord(Durability::kNoFlush);
  });
}

void RunDirectory::StepStarted(const std::string& step) {
  Keep([&] {
    StepRecord& record = Step(step);
    record.state = StepState::kRunning;
    record.started = clock_.Now();
    if (paths_) {
      logs_.try_emplace(step, paths_->log(step), paths_->log_index(step), bounds_);
      journal_->Append(record);
    }
  });
}

void RunDirectory::StepLine(const std::string& step, Stream stream, std::string_view line) {
  const auto log = logs_.find(step);
  if (log == logs_.end()) {
    return;
  }
  Keep([&] {
    const auto now = clock_.Now();
    log->second.Append(reports::FormatLogLine(now, stream, line), now);
  });
}

void RunDirectory::StepFinished(const pipeline::StepSummary& step) {
  Keep([&] {
    Fill(Step(step.name), step);
    if (auto log = logs_.extract(step.name)) {
      log.mapped().Close(clock_.Now());
      Step(step.name).log = log.mapped().Record();
    }
  });
  Keep([&] {
    AddFacts(Step(step.name));
    if (journal_) {
      journal_->Append(Step(step.name));
    }
  });
}

void RunDirectory::RunFinished(const pipeline::RunSummary& summary) {
  record_.state = RunState::kFinished;
  record_.commit = summary.checkout.commit;
  record_.tree = summary.checkout.tree;
  record_.commit_time = summary.checkout.commit_time;
  record_.duration = summary.duration;
  record_.outcome = summary.outcome;
  record_.reason = summary.reason;
  record_.pipeline = summary.pipeline.empty() ? record_.pipeline : summary.pipeline;
  record_.options.file = summary.file;
  // What the clone learned completes what the event said.
  const auto complete = [](std::string& known, const std::string& learned) {
    known = known.empty() ? learned : known;
  };
  complete(record_.event.title, summary.checkout.title);
  complete(record_.event.author, summary.checkout.author);
  if (record_.event.tag.empty()) {
    complete(record_.event.branch, summary.checkout.branch);
  }
  Keep([&] {
    for (const pipeline::Diagnostic& diagnostic : summary.diagnostics) {
      record_.diagnostics.push_back(pipeline::Format(diagnostic, ""));
    }
    for (const pipeline::StepSummary& step : summary.steps) {
      Fill(Step(step.name), step);
      record_.has_tests = record_.has_tests || step.result.has_tests;
    }
    record_.tests = summary.tests.Totals();
    if (paths_ && record_.has_tests) {
      runtime::base::WriteFileAtomically(paths_->junit(), reports::WriteJunit(summary.tests));
    }
  });
  Keep([&] {
    WriteRecord(Durability::kFlush);
    if (paths_) {
      std::filesystem::remove(paths_->step_journal());
    }
  });
  journal_.reset();
  logs_.clear();
  lock_.reset();
}

std::optional<reports::RunRecord> ReadRunRecord(const RunPaths& paths) {
  const auto read = [&]() -> std::optional<reports::RunRecord> {
    // Without a journal, a record that says "running" has been replaced since it was read.
    for (const bool again : {false, true}) {
      const auto text = runtime::base::ReadFileIfExists(paths.record(), kMaxRecordBytes);
      if (!text) {
        break;
      }
      reports::RunRecord record = reports::RunRecordFromJson(*text);
      if (record.state != RunState::kRunning || ApplyStepJournal(paths.step_journal(), record) ||
          again) {
        return record;
      }
    }
    return std::nullopt;
  };
  std::optional<reports::RunRecord> record = read();
  if (!record || record->state != RunState::kRunning || !std::filesystem::exists(paths.lock()) ||
      !runtime::base::FileLock::TryLock(paths.lock())) {
    return record;
  }
  // It may have ended between the two looks.
  record = read();
  if (record && record->state == RunState::kRunning) {
    record->state = RunState::kFinished;
    record->outcome = pipeline::Outcome::kErrored;
    record->reason = "the runner died during this run";
    for (StepRecord& step : record->steps) {
      if (step.state == StepState::kRunning) {
        step.state = StepState::kFinished;
        step.outcome = pipeline::Outcome::kErrored;
        step.cause = pipeline::Cause::kOurs;
        step.reason = record->reason;
      } else if (step.state == StepState::kPending) {
        step.state = StepState::kFinished;
      }
    }
  }
  return record;
}

}  // namespace runner
