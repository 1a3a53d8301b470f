// One step of a pipeline file -> StepDraft: all of it but what other steps decide.
#pragma once

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

  StepPlan plan;  // `needs` empty, `env` only its own
  Position at;
  std::optional<std::vector<Need>> needs;  // nothing: the step before
  std::vector<StepMention> mentions;
};

// Reads the map of one step; findings name the step. `name` was checked.
StepDraft ParseStep(const std::string& name, Position at, const YamlNode& map, Findings& findings);

// May it be a step's name? A finding when not.
bool CheckStepName(const std::string& name, Position at, Findings& findings);

// The texts of a map of variables, names checked.
std::map<std::string, Template> ReadEnv(const YamlNode& map, NameUse use, TemplateReader& templates,
                                        Findings& findings);

}  // namespace pipeline
