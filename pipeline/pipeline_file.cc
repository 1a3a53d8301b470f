#include "pipeline/pipeline_file.h"

#include <utility>

#include "pipeline/findings.h"
#include "pipeline/section_reader.h"
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

// The steps by name, whichever way they are written. Names are good and different.
std::vector<YamlNode::Entry> NamedSteps(const YamlNode& steps, Findings& findings) {
  std::vector<YamlNode::Entry> named;
  std::map<std::string, int> lines;
  const auto add = [&](const YamlNode::Entry& step) {
    if (!CheckStepName(step.key, step.at, findings)) {
      return;
    }
    const auto [known, added] = lines.emplace(step.key, step.at.line);
    if (!added) {
      findings.Add(step.at, "E204",
                   "a second step named \"" + step.key + "\", the first is in line " +
                       std::to_string(known->second) + "; rename one");
      return;
    }
    named.push_back(step);
  };
  for (const YamlNode::Entry& entry : steps.entries) {
    if (entry.value->kind == YamlNode::Kind::kMap && HasKey(*entry.value, "name")) {
      findings.Add(
          entry.at, "E106",
          "step \"" + entry.key + "\": `name` is for steps in a list; the key is the name");
    }
    add(entry);
  }
  for (const YamlNodePtr& item : steps.items) {
    if (const std::optional<YamlNode::Entry> step = NamedItem(item, findings)) {
      add(*step);
    }
  }
  return named;
}

std::vector<StepPlan> ParseSteps(const YamlNode::Entry& entry, Findings& findings) {
  if (entry.value->entries.empty() && entry.value->items.empty()) {
    findings.Add(entry.value->at, "E203", "`steps` is empty; " + std::string(kSmallestFile));
  }
  const std::vector<YamlNode::Entry> steps = NamedSteps(*entry.value, findings);
  std::vector<StepDraft> drafts;
  drafts.reserve(steps.size());
  for (const YamlNode::Entry& step : steps) {
    drafts.push_back(ParseStep(step.key, step.at, *step.value, findings));
  }
  return ConnectSteps(std::move(drafts), findings);
}

PipelineFile ParseFile(const YamlNode& root, Findings& findings) {
  PipelineFile file;
  TemplateReader templates(findings);
  ReadSection(root, Section::kFile, findings, [&](const Key& key, const YamlNode::Entry& entry) {
    if (key.name == "name") {
      file.name = entry.value->text;
    } else if (key.name == "on") {
      file.triggers = ParseTriggers(*entry.value, findings);
    } else if (key.name == "env") {
      file.env = ReadEnv(*entry.value, kInTopEnv, templates, findings);
    } else if (key.name == "timeout") {
      file.timeout = ReadTimeout(entry, findings).value_or(file.timeout);
    } else if (key.name == "steps") {
      file.steps = ParseSteps(entry, findings);
    }
  });
  if (root.kind == YamlNode::Kind::kMap && !HasKey(root, "steps")) {
    findings.Add(root.at, "E105", "the file has no steps; " + std::string(kSmallestFile));
  }
  return file;
}

}  // namespace

ParsedFile ParsePipelineFile(std::string_view text, const std::string& file_name) {
  Findings findings(file_name, text);
  ParsedFile parsed;
  const YamlNodePtr root = ReadYaml(text, findings);
  if (root != nullptr && root->kind != YamlNode::Kind::kNull) {
    parsed.file = ParseFile(*root, findings);
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
