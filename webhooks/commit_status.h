// A commit status: the mark beside a commit at GitHub (REST API, "Commit statuses").
#pragma once

#include <string>
#include <string_view>

#include "pipeline/step_result.h"

namespace webhooks {

enum class CommitState { kPending, kSuccess, kFailure, kError };
// "pending", "success", "failure", "error".
std::string_view ToString(CommitState state);

struct CommitStatus {
  std::string repository;  // "owner/name"
  std::string commit;      // 40 hex digits
  CommitState state = CommitState::kPending;
  std::string context;      // "runner/PIPELINE": GitHub keeps the newest status of each
  std::string description;  // one line; cut to 140 characters when sent
  std::string target_url;   // of the run's page; empty: none
};

// kFailure is the repository's fault (a failed or timed-out run), kError ours or a cancel.
CommitState StateOf(pipeline::Outcome outcome);

// The first `max` characters (not bytes), with "…" as the last one where something was cut. Invalid
// UTF-8 becomes U+FFFD.
std::string CutToCharacters(std::string_view text, size_t max);

// The request's body. GitHub answers 422 to a longer description.
std::string ToJson(const CommitStatus& status);

}  // namespace webhooks
