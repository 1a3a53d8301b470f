#include "runner/serve/queued_run_reader.h"

#include <algorithm>
#include <utility>

namespace runner::serve {
namespace {

using reports::RunRecord;

RunRecord ToRecord(const StoredRun& run) {
  RunRecord record;
  record.id = run.id;
  record.event = run.event;
  record.pipeline = run.pipeline;
  record.commit = run.event.commit;
  record.started = run.attempts > 0 ? run.started : run.queued;
  switch (run.state) {
    case RunState::kQueued:
      record.state = reports::RunState::kQueued;
      if (!run.group.empty()) {
        record.reason = "waits for others of group \"" + run.group + "\"";
      }
      break;
    case RunState::kRunning:
      record.state = reports::RunState::kRunning;
      break;
    case RunState::kFinished:
      record.state = reports::RunState::kFinished;
      record.outcome = run.outcome;
      record.reason = run.reason;
      record.duration =
          std::chrono::duration_cast<std::chrono::milliseconds>(run.finished - record.started);
      break;
  }
  return record;
}

// A run's second attempt begins with the directory of the first; and a run that was given up has
// one that says nothing of it.
bool StoreKnowsBetter(const StoredRun& stored, const RunRecord& kept) {
  const bool kept_finished = kept.state == reports::RunState::kFinished;
  return stored.state == RunState::kQueued ||
         (stored.state == RunState::kFinished) != kept_finished;
}

}  // namespace

reports::RunPageResult QueuedRunReader::List(const reports::RunPageRequest& request) {
  reports::RunPageResult page = directories_.List(request);
  const auto limit = static_cast<int>(request.limit);
  for (const StoredRun& stored : store_.Recent(request.before, limit)) {
    const auto kept = std::find_if(page.runs.begin(), page.runs.end(),
                                   [&](const RunRecord& run) { return run.id == stored.id; });
    if (kept == page.runs.end()) {
      page.runs.push_back(ToRecord(stored));
    } else if (StoreKnowsBetter(stored, *kept)) {
      *kept = ToRecord(stored);
    }
  }
  std::sort(page.runs.begin(), page.runs.end(),
            [](const RunRecord& a, const RunRecord& b) { return a.id > b.id; });
  if (page.runs.size() > request.limit) {
    page.runs.resize(request.limit);
    page.more = true;
  }
  return page;
}

std::optional<RunRecord> QueuedRunReader::Find(std::string_view run_id) {
  std::optional<RunRecord> kept = directories_.Find(run_id);
  const std::optional<StoredRun> stored = store_.Find(std::string(run_id));
  if (stored && (!kept || StoreKnowsBetter(*stored, *kept))) {
    return ToRecord(*stored);
  }
  return kept;
}

std::optional<pipeline::TestReport> QueuedRunReader::Tests(std::string_view run_id) {
  return directories_.Tests(run_id);
}

std::optional<reports::LogSlice> QueuedRunReader::Log(std::string_view run_id,
                                                      std::string_view step, uint64_t offset,
                                                      size_t max_bytes) {
  return directories_.Log(run_id, step, offset, max_bytes);
}

std::optional<std::string> QueuedRunReader::Junit(std::string_view run_id) {
  return directories_.Junit(run_id);
}

}  // namespace runner::serve
