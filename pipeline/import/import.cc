#include "pipeline/import/import.h"

#include <algorithm>
#include <array>
#include <utility>

#include "pipeline/findings.h"
#include "pipeline/import/systems.h"
#include "pipeline/pipeline_file.h"
#include "pipeline/yaml_reader.h"

namespace pipeline {
namespace {

constexpr std::array<std::pair<std::string_view, ForeignSystem>, 4> kSystems = {{
    {"github", ForeignSystem::kGithub},
    {"gitlab", ForeignSystem::kGitlab},
    {"woodpecker", ForeignSystem::kWoodpecker},
    {"drone", ForeignSystem::kDrone},
}};

std::string_view NameOf(ForeignSystem system) {
  return kSystems.at(static_cast<size_t>(system)).first;
}

DraftPipeline Read(ForeignSystem system, const YamlNode& root, ImportNotes& notes) {
  switch (system) {
    case ForeignSystem::kGithub:
      return ImportGithub(root, notes);
    case ForeignSystem::kGitlab:
      return ImportGitlab(root, notes);
    case ForeignSystem::kWoodpecker:
      return ImportWoodpecker(root, notes);
    case ForeignSystem::kDrone:
      return ImportDrone(root, notes);
  }
  return {};
}

// The first document with steps; the lines of the others are empty, so that places stay right.
// Drone's files often have several.
std::string FirstDocument(std::string_view text, ImportNotes& notes) {
  std::string first;
  int line = 0;
  bool taken = false;
  bool over = false;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = text.substr(0, end);
    ++line;
    if (content == "---" || content.starts_with("--- ")) {
      over = over || taken;
      if (over) {
        notes.Add({line, 1}, "this document is not carried over; import it from a file of its own");
      }
    } else if (!over) {
      taken = taken || content.find_first_not_of(" \t\r#") == 0;
      first += content;
    }
    first += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return first;
}

}  // namespace

std::optional<ForeignSystem> ParseForeignSystem(std::string_view word) {
  for (const auto& [name, system] : kSystems) {
    if (name == word) {
      return system;
    }
  }
  return std::nullopt;
}

Imported ImportPipeline(ForeignSystem system, std::string_view text, const std::string& file_name) {
  Findings findings(file_name, text);
  ImportNotes notes(findings);
  Imported imported;
  const std::string document = system == ForeignSystem::kDrone && text.size() <= kMaxFileBytes
                                   ? FirstDocument(text, notes)
                                   : std::string(text);
  if (const YamlNodePtr root = ReadYaml(document, findings)) {
    DraftPipeline draft = Read(system, *root, notes);
    if (draft.steps.empty()) {
      notes.Add(root->at, "nothing in this file could be carried over as a step");
    } else {
      draft.comments = {
          "Written by `runner import " + std::string(NameOf(system)) + "` from " + file_name + ".",
          "A first version: look at what it left out, then try it: runner exec"};
      imported.text = WriteDraft(draft);
      const ParsedFile parsed = ParsePipelineFile(imported.text, "");
      if (!parsed.file) {
        notes.Add(root->at, "nothing is written, since this can't be carried over: " +
                                parsed.diagnostics.front().message);
        imported.text.clear();
      }
    }
  }
  if (imported.text.empty() && findings.empty()) {
    notes.Add({1, 1}, "there is nothing in this file");
  }
  imported.notes = findings.Take();
  return imported;
}

}  // namespace pipeline
