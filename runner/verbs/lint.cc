// runner lint: checks a pipeline file and shows every finding.
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/pipeline_file.h"
#include "pipeline/yaml_reader.h"
#include "runner/cli.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;

// The file named, or the one of the directory named.
std::filesystem::path FindFile(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) {
    if (!std::filesystem::exists(path)) {
      throw Error(ErrorKind::kUsage, "lint " + path.string() + ": no such file or directory");
    }
    return path;
  }
  const bool yml = std::filesystem::exists(path / ".runner.yml");
  const bool yaml = std::filesystem::exists(path / ".runner.yaml");
  if (yml && yaml) {
    throw Error(ErrorKind::kUsage, "lint " + path.string() +
                                       ": .runner.yml and .runner.yaml are both there; remove one");
  }
  if (!yml && !yaml) {
    throw Error(ErrorKind::kUsage, "lint " + path.string() + ": no .runner.yml there");
  }
  return path / (yml ? ".runner.yml" : ".runner.yaml");
}

int Lint(const std::filesystem::path& path, const Globals& globals) {
  const std::filesystem::path file = FindFile(path).lexically_normal();
  // A bound for what is read; the parser says what is wrong with a file that is too large.
  const std::string text = runtime::base::ReadFile(file, pipeline::kMaxFileBytes * 64);
  const pipeline::ParsedFile parsed = pipeline::ParsePipelineFile(text, file.string());
  for (const pipeline::Diagnostic& finding : parsed.diagnostics) {
    std::fputs(pipeline::Format(finding, text).c_str(), stdout);
  }
  if (parsed.diagnostics.empty()) {
    if (!globals.quiet) {
      std::printf("%s: good, %zu steps\n", file.c_str(), parsed.file->steps.size());
    }
    return kExitPassed;
  }
  return kExitUsage;
}

}  // namespace

int LintMain(std::vector<std::string> args) {
  std::string path = ".";
  return RunVerb(
      "lint",
      "Checks a pipeline file and shows every finding, as file:line:column CODE message.\n"
      "Exit code 0: good; 2: findings. docs/pipeline-diagnostics.md explains the codes.\n\n"
      "Examples:\n  runner lint\n  runner lint path/to/.runner.yml",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("path", path, "File, or directory with .runner.yml (default: here)");
      },
      [&](const Globals& globals) { return Lint(path, globals); });
}

}  // namespace runner
