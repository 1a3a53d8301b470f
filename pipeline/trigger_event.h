// TriggerEvent: why a run starts. Made by webhooks (from a delivery) and by `runner exec`.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace pipeline {

enum class EventKind { kPush, kPullRequest, kTag, kManual, kSchedule };
// "push", "pull-request", "tag", "manual", "schedule": the value of `event` in a pipeline file.
std::string_view ToString(EventKind kind);

// All texts may come from strangers: never spliced into a shell, escaped where shown.
struct TriggerEvent {
  EventKind kind = EventKind::kPush;
  std::string repository;      // "owner/name" as the forge says it, or a directory's name
  std::string clone_url;       // where the git container fetches from; a path for `exec`
  std::string ref;             // "refs/heads/main", "refs/tags/v1"; empty for a working tree
  std::string branch;          // "main"; of a pull request: the one it is for; empty for a tag
  std::string tag;             // "v1"; empty for a branch
  std::string commit;          // 40 hex digits, or what `--commit` named; empty: HEAD of clone_url
  std::string before;          // of a push: the branch's commit before it; empty: there was none
  std::string default_branch;  // the repository's, where the forge says it; of a push
  bool working_tree = false;   // take uncommitted changes of clone_url (a path) along
  int pull_request = 0;        // number, 0 for none
  std::string action;          // of a pull request: "opened", "synchronize", ...
  bool fork = false;           // of a pull request: its commits are a stranger's
  std::string schedule;        // of a schedule: the text in `on.schedule` that is due
  std::map<std::string, std::string> inputs;  // of a manual event
  std::string author;
  std::string title;  // first line of the commit message
};

}  // namespace pipeline
