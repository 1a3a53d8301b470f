// One step of a pipeline file -> StepDraft: all of it but what other steps decide.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/findings.h"
#include "pipeline/run_plan.h"
#include "pipeline/template_reader.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

struct StepDraft {
  struct Need {
    std::string name;
    Position at;
  };

  StepPlan plan;  // without name, id, job and matrix; `needs` empty, `env` only its own
  Position at;
  std::vector<MatrixCell> cells;           // of its own matrix
  std::optional<std::vector<Need>> needs;  // nothing: the step before
  std::vector<StepMention> mentions;
};

// The time budget of a step of `finally` that names none.
inline constexpr std::chrono::minutes kFinallyTimeout{5};

struct StepSource {
  std::string name;  // checked
  Position at;
  YamlNodePtr map;
  bool in_finally = false;
};

// Reads the map of one step; findings name the step.
StepDraft ParseStep(const StepSource& source, const NameScope& scope, Findings& findings);

// Checks keys that stand alone: `defaults`.
void CheckStepKeys(const YamlNode& map, const NameScope& scope, Findings& findings);

// May it be a step's name? A finding when not.
bool CheckStepName(const std::string& name, Position at, Findings& findings);

// May the file set a variable of that name? A finding when not.
bool CheckVariableName(const std::string& name, Position at, Findings& findings);

// The texts of a map of variables, names checked.
std::map<std::string, Template> ReadEnv(const YamlNode& map, NameUse use, TemplateReader& templates,
                                        Findings& findings);

}  // namespace pipeline
