#include "pipeline/triggers.h"

#include <string_view>

#include "runtime/base/glob.h"

namespace pipeline {
namespace {

bool Passes(const NameFilter& filter, std::string_view kind, std::string_view where,
            const std::string& name, std::string& reason) {
  const std::string what = std::string(kind) + " \"" + name + "\" ";
  for (const std::string& pattern : filter.ignore) {
    if (runtime::base::GlobMatches(pattern, name)) {
      reason = what + "matches \"" + pattern + "\" of " + std::string(where) + "-ignore";
      return false;
    }
  }
  for (const std::string& pattern : filter.only) {
    if (runtime::base::GlobMatches(pattern, name)) {
      return true;
    }
  }
  if (filter.only.empty()) {
    return true;
  }
  reason = what + "matches nothing in " + std::string(where);
  return false;
}

bool PushMatches(const EventFilter& filter, const TriggerEvent& event, std::string& reason) {
  const bool is_tag = !event.tag.empty();
  const NameFilter& asked = is_tag ? filter.tags : filter.branches;
  const NameFilter& other = is_tag ? filter.branches : filter.tags;
  if (asked.empty() && !other.empty()) {
    reason = is_tag ? "on.push names branches only, this is a tag"
                    : "on.push names tags only, this is a branch";
    return false;
  }
  return is_tag ? Passes(asked, "tag", "on.push.tags", event.tag, reason)
                : Passes(asked, "branch", "on.push.branches", event.branch, reason);
}

}  // namespace

bool Matches(const Triggers& triggers, const TriggerEvent& event, std::string& reason) {
  switch (event.kind) {
    case EventKind::kPush:
    case EventKind::kTag:
      if (!triggers.push) {
        reason = "the pipeline file's `on` doesn't name push";
        return false;
      }
      return PushMatches(*triggers.push, event, reason);
    case EventKind::kPullRequest:
      if (!triggers.pull_request) {
        reason = "the pipeline file's `on` doesn't name pull-request";
        return false;
      }
      return Passes(triggers.pull_request->branches, "branch", "on.pull-request.branches",
                    event.branch, reason);
    case EventKind::kManual:
      if (!triggers.manual) {
        reason = "the pipeline file's `on` doesn't name manual";
      }
      return triggers.manual;
  }
  return false;
}

}  // namespace pipeline
