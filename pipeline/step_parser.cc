#include "pipeline/step_parser.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

#include "pipeline/action_parser.h"
#include "pipeline/key_table.h"
#include "pipeline/matrix_parser.h"
#include "pipeline/section_reader.h"
#include "pipeline/service_parser.h"
#include "pipeline/shell_script.h"
#include "pipeline/step_option_parser.h"

namespace pipeline {
namespace {

constexpr size_t kMaxNameBytes = 63;

bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool IsVariableName(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(), [](char c) { return IsAlnum(c) || c == '_'; });
}

void AddWrongKind(const YamlNode::Entry& entry, unsigned kind, Findings& findings) {
  std::string message = "`" + entry.key + "` doesn't go with ";
  Section inner = Section::kStep;
  switch (kind) {
    case kRunStep:
      message += "`run`";
      break;
    case kArgvStep:
      message += "`argv`";
      break;
    case kImageBuildStep:
      message += "`image-build`";
      inner = Section::kImageBuild;
      break;
    default:
      message += "`push`";
      inner = Section::kPush;
  }
  const bool belongs_inside = inner != Section::kStep && FindKey(inner, entry.key) != nullptr;
  findings.Add(entry.at, "E106",
               message + (belongs_inside ? "; indent it below that key" : "; remove it"));
}

// Reads one step; the members are what the keys are read into.
class StepReader {
 public:
  StepReader(StepDraft& draft, const NameScope& scope, Findings& findings)
      : draft_(draft), findings_(findings), templates_(findings, scope) {}

  // `kind`: its one action, or kEveryStep where that is not to be looked at.
  void Read(const YamlNode& map, unsigned kind) {
    kind_ = kind;
    ReadSection(map, Section::kStep, findings_, [&](const Key& key, const YamlNode::Entry& entry) {
      if ((key.kinds & kind_) == 0) {
        AddWrongKind(entry, kind_, findings_);
      } else if (!ReadActionKey(key, entry) && !ReadCommonKey(key, entry)) {
        ReadSectionKey(key, entry);
      }
    });
    if (kind_ == kRunStep || kind_ == kArgvStep) {
      RequireKey(HasKey(map, "image"), draft_.at, Section::kStep, "image", findings_);
      FinishCommand();
      CheckEgress(map);
      CheckServices(map);
    }
    draft_.mentions = templates_.TakeMentions();
  }

 private:
  bool ReadActionKey(const Key& key, const YamlNode::Entry& entry) {
    if (key.name == "image-build") {
      draft_.plan.action = ReadImageBuild(entry, templates_, findings_);
    } else if (key.name == "push") {
      draft_.plan.action = ReadPush(entry, templates_, findings_);
    } else if (key.name == "shell") {
      shell_ = ReadTexts(*entry.value);
      if (shell_.empty()) {
        findings_.Add(entry.value->at, "E111", "`shell` needs a program as its first text");
      }
    } else {
      return ReadCommandKey(key, entry, command_, templates_, findings_);
    }
    return true;
  }

  bool ReadCommonKey(const Key& key, const YamlNode::Entry& entry) {
    StepPlan& plan = draft_.plan;
    if (key.name == "needs") {
      draft_.needs.emplace();
      for (const YamlNode* item : TextNodes(*entry.value)) {
        draft_.needs->push_back({item->text, item->at});
      }
    } else if (key.name == "if") {
      plan.condition = templates_.ReadCondition(*entry.value);
    } else if (key.name == "timeout") {
      plan.timeout = ReadTimeout(entry, findings_).value_or(plan.timeout);
    } else if (key.name == "retry") {
      plan.retry = ReadRetry(entry, findings_);
    } else if (key.name == "allow-failure") {
      plan.allow_failure = ReadFlag(entry, findings_);
    } else {
      return false;
    }
    return true;
  }

  void ReadSectionKey(const Key& key, const YamlNode::Entry& entry) {
    StepPlan& plan = draft_.plan;
    if (key.name == "env") {
      plan.env = ReadEnv(*entry.value, kInStep, templates_, findings_);
    } else if (key.name == "secrets") {
      plan.secrets = ReadSecrets(entry, findings_);
    } else if (key.name == "volumes") {
      command_.volumes = ReadVolumes(entry, findings_);
    } else if (key.name == "cache") {
      command_.caches = ReadCaches(entry, templates_, findings_);
    } else if (key.name == "services") {
      command_.services = ReadServices(entry, kInStep, templates_, findings_);
    } else if (key.name == "skip-unchanged") {
      plan.skip_unchanged = ReadFlag(entry, findings_);
    } else if (key.name == "tests") {
      plan.tests = ReadTests(entry, findings_);
    } else if (key.name == "artifacts") {
      plan.artifacts = ReadArtifacts(entry, findings_);
    }
  }

  void FinishCommand() {
    if (command_.needs_shell) {
      std::vector<Template> argv;
      for (std::string& text : shell_) {
        argv.push_back(Template::Literal(std::move(text)));
      }
      std::move(command_.argv_source.begin(), command_.argv_source.end(), std::back_inserter(argv));
      command_.argv_source = std::move(argv);
    }
    draft_.plan.action = std::move(command_);
  }

  void CheckEgress(const YamlNode& map) {
    const auto& command = std::get<CommandAction>(draft_.plan.action);
    if (!command.egress || command.network.value_or(Network::kFull) == Network::kFull) {
      return;
    }
    for (const YamlNode::Entry& entry : map.entries) {
      if (entry.key == "egress") {
        findings_.Add(entry.at, "E106",
                      "`egress` is about a network with a way out; write `network: full`, or leave "
                      "out one of the two");
      }
    }
  }

  void CheckServices(const YamlNode& map) {
    const auto& command = std::get<CommandAction>(draft_.plan.action);
    if (command.services.empty() || command.network != Network::kNone) {
      return;
    }
    for (const YamlNode::Entry& entry : map.entries) {
      if (entry.key == "services") {
        findings_.Add(entry.at, "E106",
                      "`services` are reached over the job's network; write `network: job`, or "
                      "leave out one of the two");
      }
    }
  }

  StepDraft& draft_;
  Findings& findings_;
  TemplateReader templates_;
  unsigned kind_ = 0;
  CommandAction command_;
  std::vector<std::string> shell_ = DefaultShell();
};

// The axes that the step's own matrix has, beside those of the file.
NameScope WithOwnMatrix(const YamlNode& map, const NameScope& scope, StepDraft& draft,
                        Findings& findings) {
  NameScope own = scope;
  for (const YamlNode::Entry& entry : map.entries) {
    if (entry.key == "matrix" && entry.value->kind == YamlNode::Kind::kMap) {
      draft.cells = ReadMatrix(entry, findings);
      for (const MatrixCell& cell : draft.cells) {
        for (const auto& [axis, value] : cell) {
          if (scope.axes.contains(axis)) {
            findings.Add(entry.at, "E205",
                         "the file's matrix has an axis `" + axis + "` already; rename one");
          }
          own.axes.insert(axis);
        }
      }
    }
  }
  return own;
}

}  // namespace

StepDraft ParseStep(const StepSource& source, const NameScope& scope, Findings& findings) {
  const Findings::InStep in_step(findings, source.name);
  StepDraft draft;
  draft.plan.step = source.name;
  draft.plan.in_finally = source.in_finally;
  if (source.in_finally) {
    draft.plan.after_failure = true;
    draft.plan.timeout = kFinallyTimeout;
  }
  draft.at = source.at;
  const YamlNode& map = *source.map;
  if (map.kind != YamlNode::Kind::kMap) {
    findings.Add(map.at, "E104", "a step is a map of keys such as `image` and `run`");
    return draft;
  }
  const NameScope own = WithOwnMatrix(map, scope, draft, findings);
  StepReader(draft, own, findings).Read(map, FindStepKind(map, draft.at, findings));
  if (draft.plan.condition) {
    for (const std::string& mentioned : draft.plan.condition->Names()) {
      draft.plan.after_failure =
          draft.plan.after_failure || mentioned == "always()" || mentioned == "failed()";
    }
  }
  return draft;
}

void CheckStepKeys(const YamlNode& map, const NameScope& scope, Findings& findings) {
  StepDraft draft;
  const NameScope own = WithOwnMatrix(map, scope, draft, findings);
  StepReader(draft, own, findings).Read(map, kEveryStep);
}

bool CheckStepName(const std::string& name, Position at, Findings& findings) {
  const bool good = !name.empty() && name.size() <= kMaxNameBytes && IsAlnum(name.front()) &&
                    std::all_of(name.begin(), name.end(),
                                [](char c) { return IsAlnum(c) || c == '_' || c == '-'; });
  if (!good) {
    findings.Add(at, "E111",
                 "\"" + name +
                     "\" can't be a step's name: at most 63 letters, digits, '_' and '-', a letter "
                     "or digit first");
  } else if (name == "clone") {
    findings.Add(at, "E112", "the step named \"clone\" is the runner's own; choose another name");
  }
  return good && name != "clone";
}

bool CheckVariableName(const std::string& name, Position at, Findings& findings) {
  if (!IsVariableName(name)) {
    findings.Add(at, "E111",
                 "\"" + name + "\" can't be a variable: letters, digits and '_', no digit first");
    return false;
  }
  if (name.starts_with("RUNNER_")) {
    findings.Add(at, "E112",
                 "\"" + name + "\": variables that begin with RUNNER_ are the runner's own");
    return false;
  }
  return true;
}

std::map<std::string, Template> ReadEnv(const YamlNode& map, NameUse use, TemplateReader& templates,
                                        Findings& findings) {
  std::map<std::string, Template> env;
  for (const YamlNode::Entry& entry : map.entries) {
    if (CheckVariableName(entry.key, entry.at, findings)) {
      env[entry.key] = templates.ReadTemplate(*entry.value, use);
    }
  }
  return env;
}

}  // namespace pipeline
