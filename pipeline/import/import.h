// Import: a first .runner.yml from the pipeline file of another system.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"

namespace pipeline {

enum class ForeignSystem { kGithub, kGitlab, kWoodpecker, kDrone };
// "github", "gitlab", "woodpecker", "drone"; nothing for another word.
std::optional<ForeignSystem> ParseForeignSystem(std::string_view word);

struct Imported {
  std::string text;  // passes the linter; empty when the file can't be read, or has no steps
  std::vector<Diagnostic> notes;  // what was not carried over, and why; in file order
};

// Pure and bounded (yaml_reader.h), whatever the text. `file_name` is for the notes.
Imported ImportPipeline(ForeignSystem system, std::string_view text, const std::string& file_name);

}  // namespace pipeline
