// ScriptedBackend: the fake backend, its steps as `steps` of an expectation file says.
#pragma once

#include <stop_token>
#include <string>

#include "pipeline/yaml_node.h"
#include "tests/scenarios/expectation.h"
#include "tests/unit/pipeline/fake_backend.h"

namespace pipeline {

class ScriptedBackend : public FakeBackend {
 public:
  // Throws Error for what it doesn't know.
  void ReadScript(const YamlNode& steps);
  RunSummary Run(const std::string& pipeline, const RunSetting& setting, RunObserver& observer);

  std::string group;  // that the run asked to be let in to; read after the run

 private:
  std::stop_source stop_;
};

}  // namespace pipeline
