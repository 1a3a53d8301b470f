#include "pipeline/file_reader.h"

#include <optional>
#include <utility>

#include "pipeline/workspace_path.h"
#include "pipeline/yaml_reader.h"

namespace pipeline {
namespace {

constexpr char kFile[] = ".runner.yml";
constexpr char kOtherSpelling[] = ".runner.yaml";

FoundFile NotFound(const std::string& name, const char* code, std::string message) {
  return {name, "", {{name, 0, 0, code, std::move(message)}}};
}

FoundFile FindNamed(StepBackend& backend, const WorkspaceLayers& workspace,
                    const std::string& file) {
  if (!IsWorkspacePath(file)) {
    return NotFound(file, "E601", "a pipeline file is named by its path in the repository");
  }
  // One byte more than allowed, so that the reader of the text can say what is wrong with it.
  std::optional<std::string> text = backend.ReadFile(workspace, file, kMaxFileBytes + 1);
  if (!text) {
    return NotFound(file, "E601", "there is no such file in the repository");
  }
  return {file, *std::move(text), {}};
}

}  // namespace

FoundFile FindPipelineFile(StepBackend& backend, const WorkspaceLayers& workspace,
                           const std::string& file) {
  if (!file.empty()) {
    return FindNamed(backend, workspace, file);
  }
  std::optional<std::string> text = backend.ReadFile(workspace, kFile, kMaxFileBytes + 1);
  std::optional<std::string> other = backend.ReadFile(workspace, kOtherSpelling, kMaxFileBytes + 1);
  if (text && other) {
    return NotFound(kFile, "E602",
                    ".runner.yml and .runner.yaml are both there; remove one of them");
  }
  if (!text && !other) {
    return NotFound(kFile, "E601",
                    "the repository has no .runner.yml; write one with `steps:`, for example "
                    "steps: {build: {image: \"debian:12\", run: make}}");
  }
  return text ? FoundFile{kFile, *std::move(text), {}}
              : FoundFile{kOtherSpelling, *std::move(other), {}};
}

}  // namespace pipeline
