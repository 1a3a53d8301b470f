// GitHub Actions: the file around its jobs.
#include <map>
#include <utility>
#include <vector>

#include "pipeline/import/github_expression.h"
#include "pipeline/import/github_job.h"
#include "pipeline/import/systems.h"

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;
using Entry = YamlNode::Entry;

class GithubReader {
 public:
  explicit GithubReader(ImportNotes& notes) : notes_(notes) {}

  DraftPipeline Read(const YamlNode& root) {
    draft_.name = Neutral(TextOf(FindValue(&root, "name")));
    if (const YamlNode* on = FindValue(&root, "on")) {
      ReadOn(*on);
    }
    if (const YamlNode* env = FindValue(&root, "env")) {
      ReadEnv(*env);
    }
    notes_.LeftOutBut(root, {"name", "run-name", "on", "env", "jobs", "defaults"});
    if (const YamlNode* jobs = FindValue(&root, "jobs")) {
      ReadJobs(*jobs, FindValue(&root, "defaults"));
    }
    SetVariables(draft_, GithubVariables());
    return std::move(draft_);
  }

 private:
  void ReadOn(const YamlNode& on) {
    for (const std::string& event : TextsOf(on.kind == Kind::kMap ? nullptr : &on)) {
      AddEvent(event, on.at, nullptr);
    }
    for (const Entry& entry : on.entries) {
      AddEvent(entry.key, entry.at, entry.value.get());
    }
  }

  void AddEvent(const std::string& event, Position at, const YamlNode* filter) {
    if (event == "push") {
      draft_.on_push = ReadFilter(filter, true);
    } else if (event == "pull_request") {
      draft_.on_pull_request = ReadFilter(filter, false);
    } else if (event == "workflow_dispatch") {
      draft_.on_manual = true;
    } else {
      notes_.Add(at, "the event `" + event + "` is not carried over");
    }
  }

  DraftFilter ReadFilter(const YamlNode* filter, bool tags) {
    DraftFilter read;
    if (filter == nullptr || filter->kind != Kind::kMap) {
      return read;
    }
    read.branches = GlobsOf(FindValue(filter, "branches"), notes_);
    read.branches_ignore = GlobsOf(FindValue(filter, "branches-ignore"), notes_);
    if (tags) {
      read.tags = GlobsOf(FindValue(filter, "tags"), notes_);
      read.tags_ignore = GlobsOf(FindValue(filter, "tags-ignore"), notes_);
    }
    notes_.LeftOutBut(*filter, {"branches", "branches-ignore", "tags", "tags-ignore"});
    return read;
  }

  void ReadEnv(const YamlNode& env) {
    for (const Entry& entry : env.entries) {
      if (!IsOurVariable(entry.key)) {
        notes_.LeftOut(entry, "it can't be the name of a variable here");
      } else if (const std::string secret = SecretOfValue(TextOf(entry.value.get()));
                 !secret.empty()) {
        secrets_.emplace_back(entry.key, secret);
      } else {
        draft_.env.emplace_back(entry.key, FillValue(*entry.value, {}, notes_));
      }
    }
  }

  void ReadJobs(const YamlNode& jobs, const YamlNode* defaults) {
    DraftNames names;
    std::map<std::string, std::string> last_steps;
    std::vector<GithubJob> read;
    for (const Entry& entry : jobs.entries) {
      if (FindValue(entry.value.get(), "uses") != nullptr) {
        notes_.Add(entry.at,
                   "the job \"" + entry.key +
                       "\" is another workflow and is not carried over; import that file");
        continue;
      }
      read.push_back(ReadGithubJob(entry, defaults, names, notes_));
      if (read.back().steps.empty()) {
        notes_.Add(entry.at,
                   "the job \"" + entry.key + "\" has nothing that could be carried over");
      } else {
        last_steps[entry.key] = read.back().steps.back().name;
      }
    }
    for (GithubJob& job : read) {
      AddClone(job.clone);
      Connect(job, last_steps);
    }
  }

  // There is one clone for all jobs: what any of them needs.
  void AddClone(const DraftClone& of_job) {
    DraftClone& clone = draft_.clone;
    clone.lfs = clone.lfs || of_job.lfs;
    if (clone.submodules != "recursive" && !of_job.submodules.empty()) {
      clone.submodules = of_job.submodules;
    }
    const auto reach = [](const std::string& depth) {
      const unsigned long commits = depth.empty() ? 0 : std::stoul(depth);
      return depth.empty() || commits > 0 ? commits : ~0ul;  // 0: all
    };
    if (reach(of_job.depth) > reach(clone.depth)) {
      clone.depth = of_job.depth;
    }
  }

  // Jobs begin at once but for what they need; the steps of one follow each other.
  void Connect(GithubJob& job, const std::map<std::string, std::string>& last_steps) {
    DraftTexts needs;
    for (const std::string& need : job.needs) {
      if (const auto found = last_steps.find(need); found != last_steps.end()) {
        needs.push_back(found->second);
      } else {
        notes_.Add(job.at,
                   "what waits for the job \"" + need + "\" doesn't any more: it isn't here");
      }
    }
    for (DraftStep& step : job.steps) {
      step.needs = needs;
      needs = {step.name};
      UseSecrets(step, secrets_);
      draft_.steps.push_back(std::move(step));
    }
  }

  ImportNotes& notes_;
  DraftPipeline draft_;
  DraftEnv secrets_;  // of the file's env: of every step
};

}  // namespace

DraftPipeline ImportGithub(const YamlNode& root, ImportNotes& notes) {
  return GithubReader(notes).Read(root);
}

}  // namespace pipeline
