#include "pipeline/import/github_job.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "pipeline/import/github_expression.h"

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;
using Entry = YamlNode::Entry;

// Actions that choose the tools of a machine: with us, its image.
struct SetUp {
  std::string_view action;
  std::string_view version;  // key of `with`
  std::string_view image;
  std::string_view newest;
};
constexpr std::array<SetUp, 6> kSetUps = {{
    {"actions/setup-node", "node-version", "node", "22"},
    {"actions/setup-python", "python-version", "python", "3.12"},
    {"actions/setup-go", "go-version", "golang", "1.22"},
    {"actions/setup-java", "java-version", "eclipse-temurin", "21"},
    {"ruby/setup-ruby", "ruby-version", "ruby", "3.3"},
    {"dtolnay/rust-toolchain", "toolchain", "rust", "1"},
}};

std::string ShellQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return quoted + "'";
}

std::string FirstLine(std::string text) {
  text.erase(std::min(text.find('\n'), text.size()));
  return Neutral(text);
}

class JobReader {
 public:
  JobReader(const std::string& name, DraftNames& step_names, ImportNotes& notes)
      : name_(name), step_names_(step_names), notes_(notes) {}

  GithubJob Read(const Entry& job, const YamlNode* file_defaults) {
    const YamlNode& map = *job.value;
    out_.at = job.at;
    out_.needs = TextsOf(FindValue(&map, "needs"));
    ReadMatrix(FindValue(&map, "strategy"));
    ReadMachine(map, job.at);
    defaults_ = FindValue(FindValue(&map, "defaults"), "run");
    if (defaults_ == nullptr) {
      defaults_ = FindValue(file_defaults, "run");
    }
    ReadFrame(map);
    if (const YamlNode* steps = FindValue(&map, "steps")) {
      for (const YamlNodePtr& step : steps->items) {
        ReadStep(*step);
      }
    }
    notes_.LeftOutBut(map, {"name", "needs", "strategy", "runs-on", "container", "defaults", "env",
                            "steps", "if", "timeout-minutes", "continue-on-error"});
    Close();
    return std::move(out_);
  }

 private:
  // What holds for every step of the job.
  void ReadFrame(const YamlNode& map) {
    if (const YamlNode* condition = FindValue(&map, "if")) {
      SetCondition(TextOf(condition), condition->at, frame_);
    }
    if (const YamlNode* minutes = FindValue(&map, "timeout-minutes")) {
      ReadMinutes(*minutes);
    }
    frame_.allow_failure = TextOf(FindValue(&map, "continue-on-error")) == "true";
    if (const YamlNode* env = FindValue(&map, "env")) {
      for (const Entry& variable : env->entries) {
        AddVariable(variable, frame_.env, frame_secrets_);
      }
    }
  }

  void ReadMinutes(const YamlNode& node) {
    const std::string& text = node.text;
    const bool number = !text.empty() && text.size() <= 5 && text.front() != '0' &&
                        text.find_first_not_of("0123456789") == std::string::npos;
    if (number) {
      frame_.timeout = text + "m";
    } else {
      notes_.Add(node.at, "`timeout-minutes` is not carried over; write `timeout: 10m`");
    }
  }

  void ReadMatrix(const YamlNode* strategy) {
    const YamlNode* matrix = FindValue(strategy, "matrix");
    if (matrix == nullptr) {
      return;
    }
    const auto take = [&](const YamlNode& axes) {
      for (const Entry& axis : axes.entries) {
        const DraftTexts values = TextsOf(axis.value.get());
        if (axis.key != "include" && axis.key != "exclude" && !values.empty()) {
          names_.matrix.emplace(axis.key, values.front());
        }
      }
    };
    take(*matrix);
    if (const YamlNode* include = FindValue(matrix, "include")) {
      for (const YamlNodePtr& item : include->items) {
        take(*item);
      }
    }
    notes_.Add(matrix->at, "`matrix` is not carried over; the first value of each axis is written");
  }

  void ReadMachine(const YamlNode& map, Position at) {
    const YamlNode* container = FindValue(&map, "container");
    const YamlNode* named = container != nullptr && container->kind == Kind::kMap
                                ? FindValue(container, "image")
                                : container;
    if (named != nullptr) {
      notes_.LeftOutBut(*container, {"image"});
      image_ = ImageOr(FillValue(*named, names_, notes_), kAnyImage, named->at, notes_);
      bash_ = false;
      return;
    }
    const YamlNode* runs_on = FindValue(&map, "runs-on");
    const DraftTexts labels = TextsOf(runs_on);
    const std::string label = labels.empty() ? "" : labels.front();
    const Position where = runs_on == nullptr ? at : runs_on->at;
    if (label == "ubuntu-latest" || label == "ubuntu-24.04") {
      image_ = "ubuntu:24.04";
    } else if (label == "ubuntu-22.04" || label == "ubuntu-20.04") {
      image_ = "ubuntu:" + label.substr(7);
    } else {
      notes_.Add(where, "`runs-on` is not carried over: a step runs in a Linux image; " +
                            std::string(kAnyImage) + " is written");
      return;
    }
    notes_.Add(where, "`runs-on: " + label + "` is " + image_ +
                          " now, which has fewer tools than GitHub's machine: install them in "
                          "`run`, or name another image");
  }

  void AddVariable(const Entry& entry, DraftEnv& env, DraftEnv& secrets) {
    if (!IsOurVariable(entry.key)) {
      notes_.LeftOut(entry, "it can't be the name of a variable here");
    } else if (const std::string secret = SecretOfValue(TextOf(entry.value.get()));
               !secret.empty()) {
      secrets.emplace_back(entry.key, secret);
    } else {
      env.emplace_back(entry.key, FillValue(*entry.value, names_, notes_));
    }
  }

  void SetCondition(const std::string& text, Position at, DraftStep& step) {
    if (const std::optional<std::string> condition = GithubCondition(text)) {
      step.condition = Both(step.condition, *condition);
    } else {
      NeverRun(step, text);
      notes_.Add(at, "`if` is not carried over, so that step never runs; write its condition");
    }
  }

  void ReadStep(const YamlNode& step) {
    if (const YamlNode* uses = FindValue(&step, "uses")) {
      ReadAction(step, *uses);
    } else if (const YamlNode* run = FindValue(&step, "run")) {
      ReadRun(step, *run);
    } else {
      notes_.Add(step.at, "a step without `run` and `uses` is not carried over");
    }
  }

  void ReadAction(const YamlNode& step, const YamlNode& uses) {
    const std::string action = TextOf(&uses).substr(0, TextOf(&uses).find('@'));
    const YamlNode* with = FindValue(&step, "with");
    if (action == "actions/checkout") {
      if (with != nullptr) {
        ReadCheckout(*with);
      }
      return;
    }
    for (const SetUp& set_up : kSetUps) {
      if (set_up.action == action) {
        ChooseImage(set_up, with, uses);
        return;
      }
    }
    const YamlNode* path = FindValue(with, "path");
    if (action == "actions/upload-artifact" && path != nullptr) {
      AddArtifacts(*path);
      return;
    }
    notes_.Add(uses.at,
               "the action " + TextOf(&uses) + " is not carried over; write in `run` what it does");
  }

  void ReadCheckout(const YamlNode& with) {
    DraftClone& clone = out_.clone;
    for (const Entry& entry : with.entries) {
      const std::string value = TextOf(entry.value.get());
      if (entry.key == "fetch-depth" && !value.empty() && value.size() < 9 &&
          value.find_first_not_of("0123456789") == std::string::npos) {
        clone.depth = value;
      } else if (entry.key == "submodules" && (value == "true" || value == "recursive")) {
        clone.submodules = value;
      } else if (entry.key == "lfs" && value == "true") {
        clone.lfs = true;
      } else if (value != "false" && entry.key != "persist-credentials") {
        notes_.LeftOut(entry, "");
      }
    }
  }

  void ChooseImage(const SetUp& set_up, const YamlNode* with, const YamlNode& uses) {
    const YamlNode* version = FindValue(with, set_up.version);
    std::string tag = version == nullptr ? "" : FillValue(*version, names_, notes_);
    while (tag.ends_with(".x") || tag.starts_with('v')) {
      tag = tag.starts_with('v') ? tag.substr(1) : tag.substr(0, tag.size() - 2);
    }
    const bool number = !tag.empty() && tag.find_first_not_of("0123456789.") == std::string::npos;
    const std::string image =
        std::string(set_up.image) + ":" + (number ? tag : std::string(set_up.newest));
    if (!chosen_.empty() && chosen_ != image) {
      notes_.Add(uses.at,
                 "a second set of tools in one job is not carried over; the image is " + chosen_);
      return;
    }
    chosen_ = image;
  }

  void AddArtifacts(const YamlNode& path) {
    // A text of lines, one path each.
    YamlNode lines;
    lines.kind = Kind::kList;
    lines.at = path.at;
    const std::string text = FillValue(path, names_, notes_);
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      auto line = std::make_shared<YamlNode>();
      line->kind = Kind::kScalar;
      line->text = text.substr(begin, end - begin);
      lines.items.push_back(std::move(line));
      begin = end + 1;
    }
    if (current_.run.empty() && !out_.steps.empty()) {
      notes_.Add(
          path.at,
          "these artifacts are not carried over; write `artifacts` at the step that makes them");
      return;
    }
    const DraftTexts paths = WorkspacePaths(lines, notes_);
    current_.artifacts.insert(current_.artifacts.end(), paths.begin(), paths.end());
  }

  void ReadRun(const YamlNode& step, const YamlNode& run) {
    notes_.LeftOutBut(step, {"name", "id", "run", "env", "working-directory", "shell", "if",
                             "continue-on-error"});
    const std::string shell = Chosen(step, "shell");
    if (!shell.empty() && shell != "bash" && shell != "sh") {
      notes_.Add(run.at, "shell text for " + FirstLine(shell) + " is not carried over");
      return;
    }
    const std::string condition = TextOf(FindValue(&step, "if"));
    const bool apart =
        !condition.empty() || TextOf(FindValue(&step, "continue-on-error")) == "true";
    if (apart) {
      Close();
      if (!out_.steps.empty()) {
        notes_.Add(run.at,
                   "this is a step of its own now, in a fresh container: what the steps "
                   "before it installed outside of the workspace isn't there");
      }
      current_.name = TextOf(FindValue(&step, "name"));
      current_.allow_failure = TextOf(FindValue(&step, "continue-on-error")) == "true";
      if (!condition.empty()) {
        SetCondition(condition, run.at, current_);
      }
    }
    Append(step, run);
    if (apart) {
      Close();
    }
  }

  // The step's own value, or that of `defaults`.
  std::string Chosen(const YamlNode& step, std::string_view key) const {
    const std::string own = TextOf(FindValue(&step, key));
    return own.empty() ? TextOf(FindValue(defaults_, key)) : own;
  }

  void Append(const YamlNode& step, const YamlNode& run) {
    DraftEnv env;
    if (const YamlNode* own = FindValue(&step, "env")) {
      for (const Entry& variable : own->entries) {
        AddVariable(variable, env, secrets_);
      }
    }
    std::string text = FillShellText(run, names_, secrets_, notes_);
    for (const char* file : {"GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"}) {
      if (text.find(file) != std::string::npos) {
        notes_.Add(run.at, std::string(file) +
                               " is not there; a variable stays set in one `run`, "
                               "and $RUNNER_OUTPUT hands values to other steps");
      }
    }
    std::string frame;
    if (const std::string directory = Chosen(step, "working-directory"); !directory.empty()) {
      frame += "cd " + ShellQuoted(Neutral(directory)) + "\n";
    }
    for (const auto& [name, value] : env) {
      if (value.find("${{") == std::string::npos) {
        frame += "export " + name + "=" + ShellQuoted(value) + "\n";
      } else {
        current_.env.emplace_back(name, value);
      }
    }
    text.erase(text.find_last_not_of(" \t\n") + 1);
    if (!frame.empty()) {
      text = "(\n" + frame + text + "\n)";
    }
    const std::string name = FirstLine(TextOf(FindValue(&step, "name")));
    current_.run +=
        (current_.run.empty() ? "" : "\n") + (name.empty() ? "" : "# " + name + "\n") + text;
  }

  // Ends the step of ours that is being gathered.
  void Close() {
    DraftStep step = std::exchange(current_, {});
    DraftEnv secrets = std::exchange(secrets_, {});
    if (step.run.empty()) {
      return;
    }
    step.name = step_names_.Take(step.name.empty() ? name_ : name_ + "-" + step.name);
    step.image = chosen_.empty() ? image_ : chosen_;
    if (bash_) {
      step.shell = {"bash", "-e", "-x", "-c"};
    }
    step.condition = frame_.condition == "false" ? "false" : Both(frame_.condition, step.condition);
    step.comments.insert(step.comments.begin(), frame_.comments.begin(), frame_.comments.end());
    for (const auto& variable : frame_.env) {
      const bool own = std::any_of(step.env.begin(), step.env.end(), [&](const auto& entry) {
        return entry.first == variable.first;
      });
      if (!own) {
        step.env.push_back(variable);
      }
    }
    step.timeout = frame_.timeout;
    step.allow_failure = step.allow_failure || frame_.allow_failure;
    secrets.insert(secrets.end(), frame_secrets_.begin(), frame_secrets_.end());
    UseSecrets(step, secrets);
    out_.steps.push_back(std::move(step));
  }

  const std::string& name_;
  DraftNames& step_names_;
  ImportNotes& notes_;
  GithubJob out_;
  GithubNames names_;
  std::string image_ = kAnyImage;
  std::string chosen_;  // by an action that sets tools up
  bool bash_ = true;
  const YamlNode* defaults_ = nullptr;
  DraftStep frame_;
  DraftEnv frame_secrets_;
  DraftStep current_;
  DraftEnv secrets_;
};

}  // namespace

GithubJob ReadGithubJob(const YamlNode::Entry& job, const YamlNode* file_defaults,
                        DraftNames& step_names, ImportNotes& notes) {
  return JobReader(job.key, step_names, notes).Read(job, file_defaults);
}

}  // namespace pipeline
