#include "webhooks/delivery.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <set>

#include "runtime/base/terminal_text.h"
#include "webhooks/event_fields.h"
#include "webhooks/form.h"
#include "webhooks/payload_checks.h"
#include "webhooks/skip_request.h"

namespace webhooks {
namespace {

using pipeline::TriggerEvent;
using runtime::base::ForMessage;
using runtime::base::HttpHeaders;

constexpr size_t kMaxTitle = 500;  // bytes, before the cut to whole characters

// The header's value when it is there exactly once.
std::optional<std::string> OnlyHeader(const HttpHeaders& headers, const char* name) {
  std::optional<std::string> found;
  for (const auto& [key, value] : headers) {
    if (::strcasecmp(key.c_str(), name) == 0) {
      if (found) {
        return std::nullopt;
      }
      found = value;
    }
  }
  return found;
}

bool IsForm(const HttpHeaders& headers) {
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  const std::string type = OnlyHeader(headers, "Content-Type").value_or("");
  return type.size() >= kForm.size() &&
         ::strncasecmp(type.c_str(), kForm.data(), kForm.size()) == 0;
}

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

Delivery ParsePush(std::string_view json) {
  const std::set<std::string> kWanted = {"ref",
                                         "before",
                                         "after",
                                         "deleted",
                                         "repository.full_name",
                                         "repository.clone_url",
                                         "sender.login",
                                         "pusher.name",
                                         "head_commit.id",
                                         "head_commit.message"};
  EventFields fields;
  if (const auto problem = fields.Read(json, kWanted)) {
    return Malformed{"push: " + *problem};
  }
  TriggerEvent event;
  event.repository = fields.Text("repository.full_name");
  if (!IsRepositoryName(event.repository)) {
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
  const std::string clone_url = fields.Text("repository.clone_url");
  if (IsRemoteCloneUrl(clone_url)) {
    event.clone_url = clone_url;
  }
  return event;
}

}  // namespace

std::optional<std::string> DeliveryId(const HttpHeaders& headers) {
  constexpr size_t kMaxLength = 64;
  std::optional<std::string> id = OnlyHeader(headers, "X-GitHub-Delivery");
  const bool good = id && !id->empty() && id->size() <= kMaxLength &&
                    std::all_of(id->begin(), id->end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 'A' && c <= 'Z') || c == '-';
                    });
  return good ? id : std::nullopt;
}

Delivery ParseDelivery(const HttpHeaders& headers, std::string_view body) {
  const std::optional<std::string> event = OnlyHeader(headers, "X-GitHub-Event");
  if (!event) {
    return Malformed{"there isn't exactly one X-GitHub-Event header"};
  }
  if (*event == "ping") {
    return Ping{};
  }
  if (*event != "push") {
    return Ignored{"event " + ForMessage(event->substr(0, 64)) + " starts no run"};
  }
  if (!IsForm(headers)) {
    return ParsePush(body);
  }
  const std::optional<std::string> payload = FormField(body, "payload");
  return payload ? ParsePush(*payload) : Malformed{"the form has no single field payload"};
}

}  // namespace webhooks
