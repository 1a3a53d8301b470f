// runner init [DIR]: proposes a pipeline file for what is in a directory.
#include <fcntl.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/import/draft.h"
#include "runner/cli.h"
#include "runner/first_pipeline.h"
#include "runner/project_files.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;

constexpr unsigned kMode = 0666;  // less the umask

void RefuseToOverwrite(const fs::path& directory) {
  for (const char* name : {".runner.yml", ".runner.yaml", ".runner"}) {
    if (fs::exists(fs::symlink_status(directory / name))) {
      throw base::Error(base::ErrorKind::kUsage,
                        "init: " + base::ForMessage((directory / name).string()) +
                            " is there already and stays as it is; check it with runner lint");
    }
  }
}

int Init(const fs::path& directory, const Globals& globals) {
  const pipeline::DraftPipeline draft = ProposePipeline(LookAtProject(directory));
  RefuseToOverwrite(directory);
  const fs::path file = (directory / ".runner.yml").lexically_normal();
  const base::UniqueFd fd = base::OpenFile(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kMode);
  base::WriteAll(fd.get(), WriteDraft(draft), file.string());
  if (!globals.quiet) {
    std::string steps;
    for (const pipeline::DraftStep& step : draft.steps) {
      steps += (steps.empty() ? "" : ", ") + step.name;
    }
    std::printf("%s: %s\nLook at the lines with CHECK, then: runner exec --no-push\n",
                base::ForMessage(file.string()).c_str(), steps.c_str());
  }
  return kExitPassed;
}

}  // namespace

int InitMain(std::vector<std::string> args) {
  std::string directory = ".";
  return RunVerb(
      "init",
      "Looks at what is in a directory (Makefile, CMakeLists.txt, package.json, go.mod,\n"
      "Cargo.toml, pyproject.toml, Dockerfile) and writes a .runner.yml that builds, tests and\n"
      "pushes it. A Makefile comes first. Never overwrites a file.\n\n"
      "Example: runner init && runner exec --no-push",
      std::move(args),
      [&](CLI::App& app) { app.add_option("DIR", directory, "The project (default: here)"); },
      [&](const Globals& globals) { return Init(directory, globals); });
}

}  // namespace runner
