#include "pipeline/pipeline_choice.h"

#include <map>
#include <utility>

#include "pipeline/pipeline_files.h"
#include "pipeline/triggers.h"
#include "pipeline/workspace_path.h"
#include "pipeline/yaml_reader.h"

namespace pipeline {
namespace {

ReadPipeline Refused(const std::string& file, const char* code, std::string message) {
  return {file, NameOfPipelineFile(file), {}, {{file, 0, 0, code, std::move(message)}}};
}

// Nothing: it isn't there.
std::optional<ReadPipeline> Read(StepBackend& backend, const WorkspaceLayers& workspace,
                                 const std::string& file) {
  // One byte more than allowed, so that the reader of the text can say what is wrong with it.
  const std::optional<std::string> text = backend.ReadFile(workspace, file, kMaxFileBytes + 1);
  if (!text) {
    return std::nullopt;
  }
  const std::string other = OtherSpelling(file);
  if (!other.empty() && backend.ReadFile(workspace, other, kMaxFileBytes + 1)) {
    return Refused(file, "E602", file + " and " + other + " are both there; remove one of them");
  }
  ParsedFile parsed = ParsePipelineFile(*text, file);
  std::string name = parsed.file ? parsed.file->name : "";
  return ReadPipeline{file, name.empty() ? NameOfPipelineFile(file) : std::move(name),
                      std::move(parsed.file), std::move(parsed.diagnostics)};
}

ReadPipeline ReadNamed(StepBackend& backend, const WorkspaceLayers& workspace,
                       const std::string& file) {
  if (!IsWorkspacePath(file)) {
    return Refused(file, "E601", "a pipeline file is named by its path in the repository");
  }
  std::optional<ReadPipeline> found = Read(backend, workspace, file);
  return found ? *std::move(found)
               : Refused(file, "E601", "there is no such file in the repository");
}

std::vector<ReadPipeline> ReadAll(StepBackend& backend, const WorkspaceLayers& workspace) {
  std::vector<ReadPipeline> all;
  std::optional<ReadPipeline> at_root = Read(backend, workspace, kPipelineFile);
  if (!at_root) {
    at_root = Read(backend, workspace, OtherSpelling(kPipelineFile));
  }
  if (at_root) {
    all.push_back(*std::move(at_root));
  }
  const std::vector<std::string> names =
      backend.ListFiles(workspace, kPipelineDirectory, kMaxPipelineFiles + 1);
  if (names.size() > kMaxPipelineFiles) {
    all.clear();
    all.push_back(Refused(kPipelineDirectory, "E606",
                          "more than " + std::to_string(kMaxPipelineFiles) +
                              " files are in .runner, where each .yml is a pipeline; put what "
                              "isn't one into another directory"));
    return all;
  }
  std::map<std::string, std::string> named;  // their files
  if (!all.empty() && !all.front().name.empty()) {
    named[all.front().name] = all.front().file;
  }
  for (const std::string& name : PipelineFilesAmong(names)) {
    ReadPipeline pipeline = ReadNamed(backend, workspace, name);
    const auto [first, is_new] = named.try_emplace(pipeline.name, pipeline.file);
    all.push_back(is_new ? std::move(pipeline)
                         : Refused(name, "E607", SameName(pipeline.name, first->second)));
  }
  if (all.empty()) {
    all.push_back(Refused(kPipelineFile, "E601",
                          "the repository has no .runner.yml, and no pipelines in .runner; write "
                          "one with `steps:`, for example "
                          "steps: {build: {image: \"debian:12\", run: make}}"));
  }
  return all;
}

}  // namespace

std::string SameName(const std::string& name, const std::string& other) {
  return "the pipeline has the name of another one, \"" + name + "\" of " + other +
         ": their runs would cancel each other; give it another `name`";
}

std::vector<ReadPipeline> ReadPipelines(StepBackend& backend, const WorkspaceLayers& workspace,
                                        const std::string& file) {
  if (file.empty()) {
    return ReadAll(backend, workspace);
  }
  // What is wrong with one of several shows beside the others.
  if (!NameOfPipelineFile(file).empty()) {
    for (ReadPipeline& pipeline : ReadAll(backend, workspace)) {
      if (pipeline.file == file) {
        return {std::move(pipeline)};
      }
    }
  }
  return {ReadNamed(backend, workspace, file)};
}

std::vector<ReadPipeline> PipelinesFor(std::vector<ReadPipeline> all, const TriggerEvent& event,
                                       const std::function<const ChangedPaths&()>& changed) {
  std::erase_if(all, [&](const ReadPipeline& pipeline) {
    if (!pipeline.parsed) {
      return false;
    }
    const Triggers& triggers = pipeline.parsed->triggers;
    std::string reason;
    return !Matches(triggers, event, AsksForPaths(triggers, event) ? changed() : ChangedPaths(),
                    reason);
  });
  return all;
}

}  // namespace pipeline
