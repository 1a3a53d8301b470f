#include "webhooks/commit_status.h"

#include <nlohmann/json.hpp>

#include "runtime/base/terminal_text.h"

namespace webhooks {
namespace {

constexpr size_t kMaxDescription = 140;
constexpr size_t kMaxContext = 255;

bool StartsCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

std::string_view ToString(CommitState state) {
  switch (state) {
    case CommitState::kPending:
      return "pending";
    case CommitState::kSuccess:
      return "success";
    case CommitState::kFailure:
      return "failure";
    case CommitState::kError:
      return "error";
  }
  return "error";
}

CommitState StateOf(pipeline::Outcome outcome) {
  switch (outcome) {
    case pipeline::Outcome::kPassed:
    case pipeline::Outcome::kFlaky:
    case pipeline::Outcome::kWarned:
    case pipeline::Outcome::kSkipped:
      return CommitState::kSuccess;
    case pipeline::Outcome::kFailed:
    case pipeline::Outcome::kTimedOut:
      return CommitState::kFailure;
    case pipeline::Outcome::kErrored:
    case pipeline::Outcome::kCancelled:
      return CommitState::kError;
  }
  return CommitState::kError;
}

std::string CutToCharacters(std::string_view text, size_t max) {
  const std::string valid = runtime::base::ForMessage(text);
  size_t characters = 0;
  size_t last_start = 0;  // where the last character that fits begins
  for (size_t i = 0; i < valid.size(); ++i) {
    if (!StartsCharacter(valid[i])) {
      continue;
    }
    if (characters == max) {
      return valid.substr(0, last_start) + "…";
    }
    ++characters;
    last_start = i;
  }
  return valid;
}

std::string ToJson(const CommitStatus& status) {
  nlohmann::json body = {{"state", ToString(status.state)},
                         {"context", CutToCharacters(status.context, kMaxContext)},
                         {"description", CutToCharacters(status.description, kMaxDescription)}};
  if (!status.target_url.empty()) {
    body["target_url"] = status.target_url;
  }
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace webhooks
