// runner import SYSTEM FILE: a first pipeline file from that of another system.
#include "pipeline/import/import.h"

#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "runner/cli.h"
#include "runner/pipeline_path.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace base = runtime::base;

int Import(const std::string& system_name, const std::string& path, const Globals& globals) {
  const std::optional<pipeline::ForeignSystem> system = pipeline::ParseForeignSystem(system_name);
  if (!system) {
    throw base::Error(base::ErrorKind::kUsage,
                      "import " + base::ForMessage(system_name) +
                          ": expected github, gitlab, woodpecker or drone");
  }
  if (!std::filesystem::is_regular_file(path)) {
    throw base::Error(base::ErrorKind::kUsage,
                      "import " + base::ForMessage(path) + ": no such file");
  }
  const std::string text = ReadPipelineText(path);
  const pipeline::Imported imported = pipeline::ImportPipeline(*system, text, path);
  if (!globals.quiet || imported.text.empty()) {
    for (const pipeline::Diagnostic& note : imported.notes) {
      std::fputs(pipeline::Format(note, text).c_str(), stderr);
    }
  }
  std::fputs(imported.text.c_str(), stdout);
  return imported.text.empty() ? kExitUsage : kExitPassed;
}

}  // namespace

int ImportMain(std::vector<std::string> args) {
  std::string system;
  std::string file;
  return RunVerb(
      "import",
      "Writes a first .runner.yml, made from the pipeline file of another system, to standard\n"
      "output, and to standard error what it could not carry over. What it writes passes lint.\n\n"
      "Examples:\n"
      "  runner import github .github/workflows/ci.yml > .runner.yml\n"
      "  runner import gitlab .gitlab-ci.yml > .runner.yml",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("SYSTEM", system, "github, gitlab, woodpecker or drone")->required();
        app.add_option("FILE", file, "Its pipeline file")->required();
      },
      [&](const Globals& globals) { return Import(system, file, globals); });
}

}  // namespace runner
