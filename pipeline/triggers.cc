#include "pipeline/triggers.h"

#include <algorithm>
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

bool IsAsked(const NameFilter& filter, const std::string& path) {
  const auto matches = [&](const std::string& pattern) {
    return runtime::base::GlobMatches(pattern, path);
  };
  return (filter.only.empty() || std::any_of(filter.only.begin(), filter.only.end(), matches)) &&
         std::none_of(filter.ignore.begin(), filter.ignore.end(), matches);
}

bool PathsPass(const NameFilter& filter, std::string_view where, const ChangedPaths& changed,
               std::string& reason) {
  if (filter.empty() || !changed) {
    return true;
  }
  const bool passes = std::any_of(changed->begin(), changed->end(),
                                  [&](const std::string& path) { return IsAsked(filter, path); });
  if (!passes) {
    reason = "none of the " + std::to_string(changed->size()) + " changed files passes " +
             std::string(where);
  }
  return passes;
}

bool PushMatches(const EventFilter& filter, const TriggerEvent& event, const ChangedPaths& changed,
                 std::string& reason) {
  const bool is_tag = !event.tag.empty();
  const NameFilter& asked = is_tag ? filter.tags : filter.branches;
  const NameFilter& other = is_tag ? filter.branches : filter.tags;
  if (asked.empty() && !other.empty()) {
    reason = is_tag ? "on.push names branches only, this is a tag"
                    : "on.push names tags only, this is a branch";
    return false;
  }
  if (is_tag) {
    return Passes(asked, "tag", "on.push.tags", event.tag, reason);
  }
  return Passes(asked, "branch", "on.push.branches", event.branch, reason) &&
         PathsPass(filter.paths, "on.push.paths", changed, reason);
}

bool TypePasses(const EventFilter& filter, const std::string& action, std::string& reason) {
  static const std::vector<std::string> usual = {"opened", "synchronize", "reopened"};
  const std::vector<std::string>& types = filter.types.empty() ? usual : filter.types;
  const bool passes =
      action.empty() || std::find(types.begin(), types.end(), action) != types.end();
  if (!passes) {
    reason = "on.pull-request.types doesn't name \"" + action + "\"";
  }
  return passes;
}

bool PullRequestMatches(const EventFilter& filter, const TriggerEvent& event,
                        const ChangedPaths& changed, std::string& reason) {
  return TypePasses(filter, event.action, reason) &&
         Passes(filter.branches, "branch", "on.pull-request.branches", event.branch, reason) &&
         PathsPass(filter.paths, "on.pull-request.paths", changed, reason);
}

bool ScheduleMatches(const std::vector<Cron>& schedule, const TriggerEvent& event,
                     std::string& reason) {
  const bool matches = event.schedule.empty() ||
                       std::any_of(schedule.begin(), schedule.end(),
                                   [&](const Cron& cron) { return cron.text() == event.schedule; });
  if (!matches) {
    reason = "on.schedule has \"" + event.schedule + "\" no more";
  }
  return matches;
}

// Is the event of a kind that `on` names?
bool IsNamed(bool named, std::string_view kind, std::string& reason) {
  if (!named) {
    reason = "the pipeline file's `on` doesn't name " + std::string(kind);
  }
  return named;
}

}  // namespace

bool AsksForPaths(const Triggers& triggers, const TriggerEvent& event) {
  if (event.kind == EventKind::kPullRequest) {
    return triggers.pull_request && !triggers.pull_request->paths.empty();
  }
  return event.kind == EventKind::kPush && triggers.push && !triggers.push->paths.empty();
}

bool Matches(const Triggers& triggers, const TriggerEvent& event, const ChangedPaths& changed,
             std::string& reason) {
  switch (event.kind) {
    case EventKind::kPush:
    case EventKind::kTag:
      return IsNamed(triggers.push.has_value(), "push", reason) &&
             PushMatches(*triggers.push, event, changed, reason);
    case EventKind::kPullRequest:
      return IsNamed(triggers.pull_request.has_value(), "pull-request", reason) &&
             PullRequestMatches(*triggers.pull_request, event, changed, reason);
    case EventKind::kManual:
      return IsNamed(triggers.manual, "manual", reason);
    case EventKind::kSchedule:
      return IsNamed(!triggers.schedule.empty(), "schedule", reason) &&
             ScheduleMatches(triggers.schedule, event, reason);
  }
  return false;
}

}  // namespace pipeline
