#include "pipeline/pipeline_file.h"

#include <strings.h>

#include <utility>

#include "pipeline/matrix_parser.h"
#include "pipeline/plan_expander.h"
#include "pipeline/section_parsers.h"
#include "pipeline/section_reader.h"
#include "pipeline/service_parser.h"
#include "pipeline/step_defaults.h"
#include "pipeline/step_graph.h"
#include "pipeline/step_parser.h"
#include "pipeline/triggers_parser.h"
#include "pipeline/yaml_reader.h"

namespace pipeline {
namespace {

constexpr std::string_view kSmallestFile =
    "write `steps:` with a step such as {build: {image: \"debian:12\", run: make}}";

// The name of a step in a list, where it stands; nothing after a finding.
std::optional<YamlNode::Entry> NamedItem(const YamlNodePtr& item, Findings& findings) {
  if (item->kind != YamlNode::Kind::kMap) {
    findings.Add(item->at, "E104", "a step in a list is a map with `name`, `image`, `run`, ...");
    return std::nullopt;
  }
  for (const YamlNode::Entry& entry : item->entries) {
    if (entry.key == "name" && entry.value->kind == YamlNode::Kind::kScalar) {
      return YamlNode::Entry{entry.value->text, entry.value->at, item};
    }
  }
  findings.Add(item->at, "E105", "a step in a list needs `name`: its name");
  return std::nullopt;
}

// Reads `steps` and `finally` into drafts, their names good and different.
class StepsReader {
 public:
  StepsReader(const StepDefaults& defaults, Findings& findings)
      : defaults_(defaults), findings_(findings) {}

  void Read(const YamlNode::Entry& section, const NameScope& scope, bool in_finally) {
    if (section.value->entries.empty() && section.value->items.empty()) {
      findings_.Add(section.value->at, "E203",
                    "`" + section.key + "` is empty; " + std::string(kSmallestFile));
    }
    for (const YamlNode::Entry& entry : section.value->entries) {
      if (entry.value->kind == YamlNode::Kind::kMap && HasKey(*entry.value, "name")) {
        findings_.Add(
            entry.at, "E106",
            "step \"" + entry.key + "\": `name` is for steps in a list; the key is the name");
      }
      Add(entry, scope, in_finally);
    }
    for (const YamlNodePtr& item : section.value->items) {
      if (const std::optional<YamlNode::Entry> step = NamedItem(item, findings_)) {
        Add(*step, scope, in_finally);
      }
    }
  }

  std::vector<StepDraft> Take() { return std::move(drafts_); }

 private:
  void Add(const YamlNode::Entry& step, const NameScope& scope, bool in_finally) {
    if (!CheckStepName(step.key, step.at, findings_)) {
      return;
    }
    const auto [known, added] = lines_.emplace(step.key, step.at.line);
    if (!added) {
      findings_.Add(step.at, "E204",
                    "a second step named \"" + step.key + "\", the first is in line " +
                        std::to_string(known->second) + "; rename one");
      return;
    }
    drafts_.push_back(ParseStep({step.key, step.at, defaults_.Complete(step.value), in_finally},
                                scope, findings_));
  }

  const StepDefaults& defaults_;
  Findings& findings_;
  std::map<std::string, int> lines_;
  std::vector<StepDraft> drafts_;
};

// The sections of the file, each read when all that it builds on is.
class FileReader {
 public:
  explicit FileReader(Findings& findings) : findings_(findings) {}

  PipelineFile Read(const YamlNode& root) {
    ReadSection(root, Section::kFile, findings_, [&](const Key& key, const YamlNode::Entry& entry) {
      sections_[key.name] = &entry;
    });
    ReadWhatStepsBuildOn();
    ReadWhatIsOfTheRun();
    ReadSteps();
    if (root.kind == YamlNode::Kind::kMap && !HasKey(root, "steps")) {
      findings_.Add(root.at, "E105", "the file has no steps; " + std::string(kSmallestFile));
    }
    return std::move(file_);
  }

 private:
  const YamlNode::Entry* Find(std::string_view name) const {
    const auto found = sections_.find(name);
    return found == sections_.end() ? nullptr : found->second;
  }

  void ReadWhatStepsBuildOn() {
    if (const YamlNode::Entry* name = Find("name")) {
      file_.name = name->value->text;
    }
    if (const YamlNode::Entry* on = Find("on")) {
      file_.triggers = ParseTriggers(*on->value, findings_);
      for (const ManualInput& input : file_.triggers.inputs) {
        scope_.inputs.insert(input.name);
      }
    }
    if (const YamlNode::Entry* clone = Find("clone")) {
      file_.clone = ReadClone(*clone, findings_);
    }
    if (const YamlNode::Entry* timeout = Find("timeout")) {
      file_.timeout = ReadTimeout(*timeout, findings_).value_or(file_.timeout);
    }
    if (const YamlNode::Entry* matrix = Find("matrix")) {
      file_.jobs = ReadMatrix(*matrix, findings_);
    }
  }

  void ReadWhatIsOfTheRun() {
    TemplateReader templates(findings_, scope_);
    if (const YamlNode::Entry* env = Find("env")) {
      file_.env = ReadEnv(*env->value, kOfTheRun, templates, findings_);
    }
    if (const YamlNode::Entry* services = Find("services")) {
      file_.services = ReadServices(*services, kOfTheRun, templates, findings_);
    }
    if (const YamlNode::Entry* concurrency = Find("concurrency")) {
      file_.concurrency = ReadConcurrency(*concurrency, templates, findings_);
    }
  }

  void ReadSteps() {
    NameScope in_jobs = scope_;
    for (const MatrixCell& job : file_.jobs) {
      for (const auto& [axis, value] : job) {
        in_jobs.axes.insert(axis);
      }
    }
    StepDefaults defaults;
    if (const YamlNode::Entry* entry = Find("defaults")) {
      defaults = StepDefaults(*entry, in_jobs, findings_);
    }
    StepsReader steps(defaults, findings_);
    if (const YamlNode::Entry* entry = Find("steps")) {
      steps.Read(*entry, in_jobs, false);
    }
    if (const YamlNode::Entry* entry = Find("finally")) {
      steps.Read(*entry, scope_, true);
    }
    ConnectedSteps connected = ConnectSteps(steps.Take(), !file_.jobs.empty(), findings_);
    file_.steps = std::move(connected.steps);
    file_.cells_of = std::move(connected.cells);
    CheckSize();
    CheckServiceNames();
  }

  // The names of a network don't tell letters of either case apart (RFC 4343).
  void CheckServiceNames() {
    const YamlNode::Entry* services = Find("services");
    if (services == nullptr) {
      return;
    }
    for (const YamlNode::Entry& service : services->value->entries) {
      if (service.key == "clone") {
        findings_.Add(service.at, "E112",
                      "`clone` is the runner's own; name the service otherwise");
      }
      for (const StepPlan& step : file_.steps) {
        if (::strcasecmp(step.step.c_str(), service.key.c_str()) == 0) {
          findings_.Add(service.at, "E204",
                        "service \"" + service.key + "\" has the name of step \"" + step.step +
                            "\", which is reached by it too; rename one");
        }
      }
    }
  }

  void CheckSize() {
    const bool no_matrix = file_.jobs.empty() && file_.cells_of.empty();
    if (!no_matrix && CountSteps(file_) > kMaxMatrixSteps) {
      const YamlNode::Entry* matrix = Find("matrix");
      findings_.Add((matrix == nullptr ? Find("steps") : matrix)->at, "E206",
                    "the cells of the matrix make " + std::to_string(CountSteps(file_)) +
                        " steps of the file's; at most " + std::to_string(kMaxMatrixSteps) +
                        " are run");
    }
  }

  Findings& findings_;
  std::map<std::string_view, const YamlNode::Entry*> sections_;
  NameScope scope_;
  PipelineFile file_;
};

}  // namespace

ParsedFile ParsePipelineFile(std::string_view text, const std::string& file_name) {
  Findings findings(file_name, text);
  ParsedFile parsed;
  const YamlNodePtr root = ReadYaml(text, findings);
  if (root != nullptr && root->kind != YamlNode::Kind::kNull) {
    parsed.file = FileReader(findings).Read(*root);
  } else if (findings.empty()) {
    findings.Add({1, 1}, "E105", "the file is empty; " + std::string(kSmallestFile));
  }
  parsed.diagnostics = findings.Take();
  if (!parsed.diagnostics.empty()) {
    parsed.file.reset();
  }
  return parsed;
}

}  // namespace pipeline
