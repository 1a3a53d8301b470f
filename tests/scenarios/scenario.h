// Scenario: one pipeline file and its expectation file (README.md), run with the fake backend.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pipeline {

struct Scenario {
  std::string name;
  std::string pipeline;     // text of NAME.yml
  std::string expectation;  // text of NAME.expect.yml
};

// Those of a folder, by name. Throws Error when one of the two files is missing.
std::vector<Scenario> FindScenarios(const std::filesystem::path& folder);

// What is different from what is expected, a line each; empty when all is as it should be.
std::vector<std::string> RunScenario(const Scenario& scenario);

}  // namespace pipeline
