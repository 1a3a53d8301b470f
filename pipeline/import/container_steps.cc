#include "pipeline/import/container_steps.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;
using Entry = YamlNode::Entry;

std::string OurEvent(const std::string& event) {
  return event == "pull_request" ? "pull-request" : event;
}

bool IsOurEvent(const std::string& event) {
  return event == "push" || event == "tag" || event == "pull-request" || event == "manual";
}

DraftTexts Included(const YamlNode& value) {
  const YamlNode* include = FindValue(&value, "include");
  return TextsOf(include == nullptr ? &value : include);
}

// One map of `when`: all of its keys must hold.
WhenCondition ReadOneWhen(const YamlNode& when) {
  WhenCondition read;
  const auto add = [&](std::string_view name, const DraftTexts& texts) {
    const std::optional<std::string> condition = IsOneOf(name, texts);
    read.exact = read.exact && condition && !texts.empty();
    read.condition = Both(read.condition, condition.value_or(""));
  };
  for (const Entry& entry : when.entries) {
    if (entry.value->kind == Kind::kMap && FindValue(entry.value.get(), "exclude") != nullptr) {
      read.exact = false;
    } else if (entry.key == "event") {
      DraftTexts events = Included(*entry.value);
      std::transform(events.begin(), events.end(), events.begin(), OurEvent);
      read.exact = read.exact && std::all_of(events.begin(), events.end(), IsOurEvent);
      add("event", events);
    } else if (entry.key == "branch") {
      add("branch", Included(*entry.value));
    } else if (entry.key == "ref") {
      DraftTexts branches = Included(*entry.value);
      for (std::string& ref : branches) {
        read.exact = read.exact && ref.starts_with("refs/heads/");
        ref.erase(0, std::string_view("refs/heads/").size());
      }
      add("branch", branches);
    } else if (entry.key == "status") {
      const DraftTexts states = Included(*entry.value);
      const bool failure = std::find(states.begin(), states.end(), "failure") != states.end();
      const bool success = std::find(states.begin(), states.end(), "success") != states.end();
      if (failure) {
        read.condition = Both(read.condition, success ? "always()" : "failed()");
      }
    } else {
      read.exact = false;
    }
  }
  return read;
}

class StepsReader {
 public:
  explicit StepsReader(ImportNotes& notes) : notes_(notes) {}

  std::vector<DraftStep> Read(const YamlNode& steps) {
    for (const Entry& entry : steps.entries) {
      ReadStep(entry.key, *entry.value, entry.at);
    }
    for (const YamlNodePtr& item : steps.items) {
      ReadStep(TextOf(FindValue(item.get(), "name")), *item, item->at);
    }
    Connect();
    return std::move(steps_);
  }

 private:
  void ReadStep(const std::string& name, const YamlNode& map, Position at) {
    const YamlNode* commands = FindValue(&map, "commands");
    DraftStep step;
    step.run = Neutral(ScriptOf(commands));
    if (step.run.find_first_not_of(" \t\n") == std::string::npos) {
      NotePlugin(name, map, at);
      return;
    }
    step.name = names_.Take(name);
    ours_[name] = step.name;
    step.image = ImageOr(TextOf(FindValue(&map, "image")), kAnyImage, at, notes_);
    step.workdir = Neutral(TextOf(FindValue(&map, "directory")));
    if (step.workdir.starts_with("..") || step.workdir.find("/..") != std::string::npos) {
      step.workdir.clear();
      notes_.Add(at, "`directory` leaves the workspace and is not carried over");
    }
    step.allow_failure = TextOf(FindValue(&map, "failure")) == "ignore";
    DraftEnv secrets;
    ReadSecrets(map, secrets);
    ReadEnvironment(map, step, secrets);
    UseSecrets(step, secrets);
    if (const YamlNode* when = FindValue(&map, "when")) {
      ReadCondition(*when, step);
    }
    if (const YamlNode* needs = FindValue(&map, "depends_on")) {
      step.needs = TextsOf(needs);
      ordered_ = false;
    }
    notes_.LeftOutBut(map, {"name", "image", "commands", "directory", "failure", "secrets",
                            "environment", "when", "depends_on"});
    places_.push_back(at);
    steps_.push_back(std::move(step));
  }

  void NotePlugin(const std::string& name, const YamlNode& map, Position at) {
    if (FindValue(&map, "depends_on") != nullptr) {
      ordered_ = false;
    }
    const std::string image = TextOf(FindValue(&map, "image"));
    notes_.Add(at,
               "the step \"" + name + "\" is not carried over: the plugin " + image +
                   " has no `commands`; images are built by `image-build` and pushed by `push`");
  }

  // Woodpecker's old list: names, or {source, target}.
  void ReadSecrets(const YamlNode& map, DraftEnv& secrets) {
    const YamlNode* list = FindValue(&map, "secrets");
    if (list == nullptr) {
      return;
    }
    for (const YamlNodePtr& item : list->items) {
      const bool pair = item->kind == Kind::kMap;
      const std::string source = pair ? TextOf(FindValue(item.get(), "source")) : item->text;
      std::string target = pair ? TextOf(FindValue(item.get(), "target")) : source;
      std::transform(target.begin(), target.end(), target.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      AddSecret(target, source, item->at, secrets);
    }
  }

  void AddSecret(const std::string& variable, const std::string& secret, Position at,
                 DraftEnv& secrets) {
    if (IsOurVariable(variable)) {
      secrets.emplace_back(variable, SecretName(secret));
    } else {
      notes_.Add(at, "the secret \"" + secret + "\" is not carried over: \"" + variable +
                         "\" can't be the name of a variable here");
    }
  }

  void ReadEnvironment(const YamlNode& map, DraftStep& step, DraftEnv& secrets) {
    const YamlNode* environment = FindValue(&map, "environment");
    if (environment == nullptr) {
      return;
    }
    for (const Entry& entry : environment->entries) {
      if (const YamlNode* secret = FindValue(entry.value.get(), "from_secret")) {
        AddSecret(entry.key, TextOf(secret), entry.at, secrets);
      } else if (IsOurVariable(entry.key)) {
        step.env.emplace_back(entry.key, Neutral(TextOf(entry.value.get())));
      } else {
        notes_.LeftOut(entry, "it can't be the name of a variable here");
      }
    }
    for (const YamlNodePtr& item : environment->items) {
      const size_t equals = item->text.find('=');
      if (equals != std::string::npos && IsOurVariable(item->text.substr(0, equals))) {
        step.env.emplace_back(item->text.substr(0, equals), Neutral(item->text.substr(equals + 1)));
      } else {
        notes_.Add(item->at, "this variable is not carried over; write NAME: value in `env`");
      }
    }
  }

  void ReadCondition(const YamlNode& when, DraftStep& step) {
    const WhenCondition read = ReadWhen(when);
    step.condition = read.condition;
    if (!read.exact) {
      NeverRun(step, "`when` of the step");
      notes_.Add(when.at, "`when` is not carried over, so that step never runs; write its `if`");
    }
  }

  // Without any `depends_on` the order of the list counts, as with us; with one, whoever has none
  // begins at once.
  void Connect() {
    if (ordered_) {
      return;
    }
    for (size_t i = 0; i < steps_.size(); ++i) {
      DraftTexts needs;
      for (const std::string& need : steps_[i].needs.value_or(DraftTexts())) {
        if (const auto found = ours_.find(need);
            found != ours_.end() && found->second != steps_[i].name) {
          needs.push_back(found->second);
        } else {
          notes_.Add(places_[i], "\"" + steps_[i].name + "\" doesn't wait for \"" + need +
                                     "\" any more: it isn't here");
        }
      }
      steps_[i].needs = std::move(needs);
    }
  }

  ImportNotes& notes_;
  DraftNames names_;
  std::vector<DraftStep> steps_;
  std::vector<Position> places_;
  std::map<std::string, std::string> ours_;  // their name to ours
  bool ordered_ = true;
};

}  // namespace

WhenCondition ReadWhen(const YamlNode& when) {
  if (when.kind != Kind::kList) {
    return ReadOneWhen(when);
  }
  // A list: one of its maps must hold.
  WhenCondition all;
  for (const YamlNodePtr& item : when.items) {
    const WhenCondition one = ReadOneWhen(*item);
    all.exact = all.exact && one.exact && !one.condition.empty();
    all.condition += (all.condition.empty() ? "" : " || ") + ("(" + one.condition + ")");
  }
  if (when.items.size() == 1) {
    return ReadOneWhen(*when.items.front());
  }
  if (!all.exact || when.items.size() > 10) {
    return {"", false};
  }
  return all;
}

std::vector<DraftStep> ReadContainerSteps(const YamlNode& steps, ImportNotes& notes) {
  return StepsReader(notes).Read(steps);
}

}  // namespace pipeline
