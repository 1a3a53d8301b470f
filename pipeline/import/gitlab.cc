// GitLab CI: a job is a step of ours; stages become `needs`.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "pipeline/import/gitlab_rules.h"
#include "pipeline/import/systems.h"
#include "runtime/base/units.h"

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;
using Entry = YamlNode::Entry;

constexpr int kMaxExtends = 10;  // into each other, as GitLab allows
constexpr int kMaxExtendsInFile = 1000;

constexpr std::array<ForeignVariable, 16> kGitlabVariables = {{
    {"CI_COMMIT_SHA", "${{ commit }}"},
    {"CI_COMMIT_SHORT_SHA", "${{ commit.short }}"},
    {"CI_COMMIT_BRANCH", "${{ branch }}"},
    {"CI_COMMIT_TAG", "${{ tag }}"},
    {"CI_COMMIT_REF_NAME", "${{ branch || tag }}"},
    {"CI_COMMIT_REF_SLUG", "${{ branch || tag }}"},
    {"CI_COMMIT_AUTHOR", "${{ commit.author }}"},
    {"CI_COMMIT_TITLE", "${{ commit.title }}"},
    {"CI_MERGE_REQUEST_IID", "${{ pull-request }}"},
    {"CI_PIPELINE_ID", "${{ run.id }}"},
    {"CI_PIPELINE_IID", "${{ run.id }}"},
    {"CI_PIPELINE_SOURCE", "${{ event }}"},
    {"CI_PROJECT_DIR", "/workspace"},
    {"CI_PROJECT_NAME", "${{ pipeline }}"},
    {"CI_PROJECT_PATH", "${{ repository }}"},
    {"CI_JOB_ID", "${{ run.id }}"},
}};

// Keys of the file that aren't jobs.
constexpr std::array<std::string_view, 13> kFileKeys = {
    "image",   "services", "stages",  "variables", "before_script", "after_script", "cache",
    "include", "workflow", "default", "spec",      "pages:deploy",  "types"};

bool IsJob(const Entry& entry) {
  return entry.value->kind == Kind::kMap && !entry.key.starts_with('.') &&
         std::find(kFileKeys.begin(), kFileKeys.end(), entry.key) == kFileKeys.end();
}

// "1h 30m", "10 minutes", "2 hours": as ours writes it; empty for anything else.
std::string DurationOf(std::string text) {
  std::erase(text, ' ');
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kWords = {{
      {"minutes", "m"},
      {"minute", "m"},
      {"hours", "h"},
      {"hour", "h"},
      {"seconds", "s"},
  }};
  for (const auto& [word, unit] : kWords) {
    if (const size_t at = text.find(word); at != std::string::npos) {
      text.replace(at, word.size(), unit);
    }
  }
  const auto duration = runtime::base::ParseDuration(text);
  return duration && duration->count() > 0 ? text : "";
}

class GitlabReader {
 public:
  GitlabReader(const YamlNode& root, ImportNotes& notes) : root_(root), notes_(notes) {}

  DraftPipeline Read() {
    defaults_ = FindValue(&root_, "default");
    ReadVariables(FindValue(&root_, "variables"), draft_.env);
    ReadStages();
    for (const Entry& entry : root_.entries) {
      if (IsJob(entry)) {
        ReadJob(entry);
      } else if (entry.key == "include" || entry.key == "services" || entry.key == "cache" ||
                 entry.key == "workflow") {
        notes_.LeftOut(entry, entry.key == "include" ? "import those files too" : "");
      }
    }
    Connect();
    SetVariables(draft_, kGitlabVariables);
    return std::move(draft_);
  }

 private:
  struct Job {
    size_t stage = 0;
    std::optional<DraftTexts> needs;
    Position at;
    DraftStep step;
  };

  void ReadStages() {
    stages_ = TextsOf(FindValue(&root_, "stages"));
    if (stages_.empty()) {
      stages_ = {"build", "test", "deploy"};
    }
    stages_.insert(stages_.begin(), ".pre");
    stages_.push_back(".post");
  }

  void ReadVariables(const YamlNode* variables, DraftEnv& env) {
    if (variables == nullptr) {
      return;
    }
    for (const Entry& entry : variables->entries) {
      const YamlNode* inner = FindValue(entry.value.get(), "value");
      const std::string value = Neutral(TextOf(inner == nullptr ? entry.value.get() : inner));
      if (!IsOurVariable(entry.key)) {
        notes_.LeftOut(entry, "it can't be the name of a variable here");
      } else {
        if (value.find('$') != std::string::npos) {
          notes_.Add(entry.at, "the value of `" + entry.key + "` isn't expanded here: it is \"" +
                                   value + "\"");
        }
        env.emplace_back(entry.key, value);
      }
    }
  }

  // The job with all that it extends; its own keys win.
  YamlNode Extended(const YamlNode& job, int depth) {
    YamlNode merged = job;
    DraftTexts parents = TextsOf(FindValue(&job, "extends"));
    std::reverse(parents.begin(), parents.end());
    for (const std::string& parent : parents) {
      const YamlNode* found = FindValue(&root_, parent);
      if (found == nullptr || depth >= kMaxExtends || --extends_left_ < 0) {
        notes_.Add(job.at, "`extends: " + parent + "` is not carried over: it isn't in this file");
        continue;
      }
      for (const Entry& entry : Extended(*found, depth + 1).entries) {
        if (FindValue(&merged, entry.key) == nullptr) {
          merged.entries.push_back(entry);
        }
      }
    }
    return merged;
  }

  // The job's, else that of `default`, else that of the file.
  const YamlNode* Inherited(const YamlNode& job, std::string_view key) const {
    for (const YamlNode* map : {&job, defaults_, &root_}) {
      if (const YamlNode* value = FindValue(map, key)) {
        return value;
      }
    }
    return nullptr;
  }

  void ReadJob(const Entry& entry) {
    const YamlNode map = Extended(*entry.value, 0);
    Job job;
    job.at = entry.at;
    DraftStep& step = job.step;
    step.run = Script(map);
    if (step.run.empty()) {
      notes_.Add(entry.at, "the job \"" + entry.key + "\" is not carried over: it has no `script`");
      return;
    }
    step.name = names_.Take(entry.key);
    const YamlNode* image = Inherited(map, "image");
    const YamlNode* named =
        image != nullptr && image->kind == Kind::kMap ? FindValue(image, "name") : image;
    step.image = ImageOr(TextOf(named), kAnyImage, image == nullptr ? entry.at : image->at, notes_);
    ReadVariables(FindValue(&map, "variables"), step.env);
    ReadGitlabRules(map, entry.at, step, notes_);
    ReadEnd(map, step);
    ReadArtifacts(FindValue(&map, "artifacts"), step);
    ReadOrder(map, job);
    notes_.LeftOutBut(map, {"script", "before_script", "after_script", "image", "variables",
                            "rules", "only", "except", "when", "allow_failure", "timeout",
                            "artifacts", "stage", "needs", "extends", "interruptible"});
    ours_[entry.key] = step.name;
    jobs_.push_back(std::move(job));
  }

  std::string Script(const YamlNode& map) {
    std::string script = Neutral(ScriptOf(FindValue(&map, "script")));
    if (script.find_first_not_of(" \t\n") == std::string::npos) {
      return "";
    }
    if (const YamlNode* before = Inherited(map, "before_script")) {
      script = Neutral(ScriptOf(before)) + "\n" + script;
      script.erase(0, script.find_first_not_of('\n'));
    }
    if (const YamlNode* after = Inherited(map, "after_script")) {
      notes_.Add(after->at, "`after_script` is not carried over; write a step with `if: always()`");
    }
    return script;
  }

  void ReadEnd(const YamlNode& map, DraftStep& step) {
    if (const YamlNode* allow = FindValue(&map, "allow_failure")) {
      step.allow_failure = TextOf(allow) == "true";
      if (allow->kind == Kind::kMap) {
        notes_.Add(allow->at, "`allow_failure` for exit codes is not carried over");
      }
    }
    if (const YamlNode* timeout = FindValue(&map, "timeout")) {
      step.timeout = DurationOf(TextOf(timeout));
      if (step.timeout.empty()) {
        notes_.Add(timeout->at, "`timeout` is not carried over; write it as 90s, 10m or 1h30m");
      }
    }
  }

  void ReadArtifacts(const YamlNode* artifacts, DraftStep& step) {
    if (artifacts == nullptr) {
      return;
    }
    if (const YamlNode* paths = FindValue(artifacts, "paths")) {
      step.artifacts = WorkspacePaths(*paths, notes_);
    }
    const std::string when = TextOf(FindValue(artifacts, "when"));
    step.artifacts_when = when == "always"       ? "always"
                          : when == "on_failure" ? "failure"
                                                 : "success";
    if (const YamlNode* reports = FindValue(artifacts, "reports")) {
      if (const YamlNode* junit = FindValue(reports, "junit")) {
        step.junit = WorkspacePaths(*junit, notes_);
      }
      notes_.LeftOutBut(*reports, {"junit"});
    }
    notes_.LeftOutBut(*artifacts, {"paths", "when", "reports", "name", "expire_in", "expose_as"});
  }

  void ReadOrder(const YamlNode& map, Job& job) {
    const std::string stage = TextOf(FindValue(&map, "stage"));
    const auto found =
        std::find(stages_.begin(), stages_.end(), stage.empty() ? std::string("test") : stage);
    if (found == stages_.end() && !stage.empty()) {
      notes_.Add(job.at, "the stage \"" + stage + "\" isn't in `stages`");
    }
    job.stage = found == stages_.end() ? 1 : static_cast<size_t>(found - stages_.begin());
    if (const YamlNode* needs = FindValue(&map, "needs")) {
      job.needs.emplace();
      for (const YamlNodePtr& item : needs->items) {
        job.needs->push_back(item->kind == Kind::kMap ? TextOf(FindValue(item.get(), "job"))
                                                      : item->text);
      }
    }
  }

  // A job waits for what it needs, else for all of the nearest stage before it that has jobs.
  void Connect() {
    std::stable_sort(jobs_.begin(), jobs_.end(),
                     [](const Job& a, const Job& b) { return a.stage < b.stage; });
    for (Job& job : jobs_) {
      job.step.needs = job.needs ? Named(job) : StageBefore(job.stage);
    }
    for (Job& job : jobs_) {
      draft_.steps.push_back(std::move(job.step));
    }
  }

  DraftTexts Named(const Job& job) {
    DraftTexts needs;
    for (const std::string& need : *job.needs) {
      if (const auto found = ours_.find(need); found != ours_.end()) {
        needs.push_back(found->second);
      } else {
        notes_.Add(job.at, "it doesn't wait for \"" + need + "\" any more, which isn't here");
      }
    }
    return needs;
  }

  DraftTexts StageBefore(size_t stage) const {
    DraftTexts needs;
    size_t before = 0;
    for (const Job& job : jobs_) {
      if (job.stage < stage) {
        if (job.stage != before) {
          needs.clear();
          before = job.stage;
        }
        needs.push_back(job.step.name);
      }
    }
    return needs;
  }

  const YamlNode& root_;
  ImportNotes& notes_;
  const YamlNode* defaults_ = nullptr;
  int extends_left_ = kMaxExtendsInFile;
  DraftTexts stages_;
  DraftNames names_;
  std::map<std::string, std::string> ours_;
  std::vector<Job> jobs_;
  DraftPipeline draft_;
};

}  // namespace

DraftPipeline ImportGitlab(const YamlNode& root, ImportNotes& notes) {
  return GitlabReader(root, notes).Read();
}

}  // namespace pipeline
