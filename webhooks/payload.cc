#include "webhooks/payload.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "runtime/base/terminal_text.h"
#include "webhooks/event_fields.h"
#include "webhooks/payload_checks.h"
#include "webhooks/skip_request.h"

namespace webhooks {
namespace {

using pipeline::TriggerEvent;
using runtime::base::ForMessage;

constexpr size_t kMaxTitle = 500;  // bytes, before the cut to whole characters

std::string FirstLine(const std::string& text) {
  std::string line = text.substr(0, text.find_first_of("\r\n"));
  if (line.size() > kMaxTitle) {
    size_t end = kMaxTitle;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) {
      --end;  // not in the middle of a character
    }
    line.resize(end);
  }
  return line;
}

// Its name and address. False: it has no valid name.
bool TakeRepository(const EventFields& fields, TriggerEvent& event) {
  event.repository = fields.Text("repository.full_name");
  const std::string clone_url = fields.Text("repository.clone_url");
  if (IsRemoteCloneUrl(clone_url)) {
    event.clone_url = clone_url;
  }
  return IsRepositoryName(event.repository);
}

// "ready_for_review" as a pipeline file writes it.
std::string ActionOf(const EventFields& fields) {
  std::string action = fields.Text("action");
  std::replace(action.begin(), action.end(), '_', '-');
  return action;
}

bool IsKnownAction(const std::string& action) {
  constexpr std::array kActions = {"opened",    "synchronize",      "reopened",
                                   "closed",    "edited",           "labeled",
                                   "unlabeled", "ready-for-review", "converted-to-draft"};
  return std::find(kActions.begin(), kActions.end(), action) != kActions.end();
}

bool IsFork(const EventFields& fields, const std::string& repository) {
  const std::string head = fields.Text("pull_request.head.repo.full_name");
  return ::strcasecmp(head.c_str(), repository.c_str()) != 0;
}

}  // namespace

Delivery ParsePush(std::string_view json) {
  const std::set<std::string> kWanted = {"ref",
                                         "before",
                                         "after",
                                         "deleted",
                                         "repository.full_name",
                                         "repository.clone_url",
                                         "repository.default_branch",
                                         "sender.login",
                                         "pusher.name",
                                         "head_commit.id",
                                         "head_commit.message"};
  EventFields fields;
  if (const auto problem = fields.Read(json, kWanted)) {
    return Malformed{"push: " + *problem};
  }
  TriggerEvent event;
  if (!TakeRepository(fields, event)) {
    return Malformed{"push: repository.full_name isn't OWNER/NAME"};
  }
  event.ref = fields.Text("ref");
  if (!IsRefName(event.ref)) {
    return Malformed{"push: ref isn't a valid ref name"};
  }
  if (event.ref.starts_with("refs/heads/")) {
    event.kind = pipeline::EventKind::kPush;
    event.branch = event.ref.substr(std::string_view("refs/heads/").size());
  } else if (event.ref.starts_with("refs/tags/")) {
    event.kind = pipeline::EventKind::kTag;
    event.tag = event.ref.substr(std::string_view("refs/tags/").size());
  } else {
    return Ignored{"push to a ref that is neither a branch nor a tag"};
  }
  event.commit = fields.Text("after");
  if (!IsCommitId(event.commit)) {
    return Malformed{"push: after isn't 40 lower-case hex digits"};
  }
  if (fields.Flag("deleted") || event.commit == std::string(kCommitIdLength, '0')) {
    return Ignored{"the branch or tag was deleted"};
  }
  const std::string before = fields.Text("before");
  if (IsCommitId(before) && before != std::string(kCommitIdLength, '0')) {
    event.before = before;
  }
  // `after` of an annotated tag is the tag object; commit statuses belong to the commit.
  const std::string head = fields.Text("head_commit.id");
  if (event.kind == pipeline::EventKind::kTag && IsCommitId(head)) {
    event.commit = head;
  }
  const std::string message = fields.Text("head_commit.message");
  if (AsksToSkip(message)) {
    return Ignored{"the commit message asks for no run"};
  }
  event.title = FirstLine(message);
  const std::string sender = fields.Text("sender.login");
  event.author = FirstLine(sender.empty() ? fields.Text("pusher.name") : sender);
  event.default_branch = FirstLine(fields.Text("repository.default_branch"));
  return event;
}

Delivery ParsePullRequest(std::string_view json) {
  const std::set<std::string> kWanted = {"action",
                                         "number",
                                         "repository.full_name",
                                         "repository.clone_url",
                                         "pull_request.title",
                                         "pull_request.user.login",
                                         "pull_request.head.sha",
                                         "pull_request.head.repo.full_name",
                                         "pull_request.base.ref"};
  EventFields fields;
  if (const auto problem = fields.Read(json, kWanted)) {
    return Malformed{"pull_request: " + *problem};
  }
  TriggerEvent event;
  event.kind = pipeline::EventKind::kPullRequest;
  event.action = ActionOf(fields);
  if (!IsKnownAction(event.action)) {
    return Ignored{"pull request: the action \"" + ForMessage(event.action.substr(0, 64)) +
                   "\" starts no run"};
  }
  if (!TakeRepository(fields, event)) {
    return Malformed{"pull_request: repository.full_name isn't OWNER/NAME"};
  }
  constexpr uint64_t kMaxNumber = 1'000'000'000;
  const uint64_t number = fields.Number("number").value_or(0);
  if (number == 0 || number > kMaxNumber) {
    return Malformed{"pull_request: number isn't that of a pull request"};
  }
  event.pull_request = static_cast<int>(number);
  event.ref = "refs/pull/" + std::to_string(number) + "/head";
  event.commit = fields.Text("pull_request.head.sha");
  if (!IsCommitId(event.commit)) {
    return Malformed{"pull_request: head.sha isn't 40 lower-case hex digits"};
  }
  event.branch = fields.Text("pull_request.base.ref");
  if (!IsRefName("refs/heads/" + event.branch)) {
    return Malformed{"pull_request: base.ref isn't a valid name of a branch"};
  }
  event.fork = IsFork(fields, event.repository);
  event.title = FirstLine(fields.Text("pull_request.title"));
  event.author = FirstLine(fields.Text("pull_request.user.login"));
  return event;
}

}  // namespace webhooks
