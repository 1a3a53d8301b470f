#include "runner/verbs/trigger_options.h"

#include <filesystem>
#include <map>

#include "pipeline/pipeline_files.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/git/local_repository.h"

namespace runner {

namespace base = runtime::base;
namespace fs = std::filesystem;

namespace {

// What an option that may be repeated gives by name.
std::map<std::string, std::string> Pairs(const std::string& option, const std::string& form,
                                         const std::vector<std::string>& entries) {
  std::map<std::string, std::string> pairs;
  for (const std::string& entry : entries) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw base::Error(base::ErrorKind::kUsage,
                        option + " " + base::ForMessage(entry) + ": expected " + form);
    }
    pairs[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return pairs;
}

}  // namespace

void TriggerOptions::Declare(CLI::App& app) {
  app.add_option("DIR", directory_, "A directory in a git repository (default: this one)")
      ->each([this](const std::string&) { directory_given_ = true; });
  app.add_option("--event", event_, "push (default), tag, pull-request or manual");
  app.add_option("--branch", branch_, "Branch to say it is (default: what HEAD is on)");
  app.add_option("-e,--env", env_, "NAME=VALUE, over the file's env")->allow_extra_args(false);
  app.add_option("--input", inputs_, "NAME=VALUE, for `inputs` of `on.manual`")
      ->allow_extra_args(false);
  app.add_option("--matrix", matrix_, "AXIS=VALUE: only cells of the matrix with this value")
      ->allow_extra_args(false);
  app.add_option("--step", steps_, "Only this step and what it needs; may be repeated")
      ->allow_extra_args(false);
  app.add_option(
      "-f,--file", file_,
      "Pipeline file in the repository (default: .runner.yml, and those of .runner whose `on`\n"
      "names the event)");
  app.add_flag("--fast", fast_,
               "Take results of earlier runs for steps whose image, workspace, command, variables "
               "and limits are the same, as skip-unchanged of the file does");
  app.add_flag("--no-push", no_push_, "Skip the push steps");
}

pipeline::EventKind TriggerOptions::Event() const {
  using pipeline::EventKind;
  for (const EventKind kind :
       {EventKind::kPush, EventKind::kTag, EventKind::kPullRequest, EventKind::kManual}) {
    if (event_ == pipeline::ToString(kind)) {
      return kind;
    }
  }
  throw base::Error(base::ErrorKind::kUsage, "--event " + base::ForMessage(event_) +
                                                 ": expected push, tag, pull-request or manual");
}

fs::path TriggerOptions::RequireDirectory(const std::string& verb) const {
  std::error_code error;
  fs::path path = fs::canonical(directory_, error);
  if (error || !fs::is_directory(path)) {
    throw base::Error(base::ErrorKind::kUsage,
                      verb + " " + base::ForMessage(directory_) + ": no such directory");
  }
  return path;
}

fs::path TriggerOptions::Repository(const std::string& verb) const {
  return directory_given_ ? RequireDirectory(verb) : fs::path();
}

// The root of the repository that the directory is in, as git has it.
fs::path TriggerOptions::RequireRoot(const std::string& verb) const {
  fs::path path = RequireDirectory(verb);
  fs::path root;
  try {
    root = runtime::git::FindLocalRepository(path).work_tree;
  } catch (const base::Error&) {
    return path;  // Who clones it says what is wrong.
  }
  if (root.empty() || root == path) {
    return path;
  }
  const fs::path own = path / pipeline::kPipelineFile;
  if (file_.empty() && fs::exists(own)) {
    throw base::Error(base::ErrorKind::kUsage,
                      verb + " " + base::ForMessage(directory_) +
                          ": its pipeline isn't that of the repository, which is " +
                          base::ForMessage(root.string()) + "; give that, or --file " +
                          base::ForMessage(own.lexically_relative(root).string()) +
                          " for the one here");
  }
  return root;
}

pipeline::TriggerEvent TriggerOptions::Trigger(const std::string& verb) const {
  const fs::path path = RequireRoot(verb);
  pipeline::TriggerEvent trigger;
  trigger.kind = Event();
  trigger.repository = path.filename();
  trigger.clone_url = path;
  trigger.branch = branch_;
  trigger.working_tree = true;
  trigger.inputs = Pairs("--input", "NAME=VALUE", inputs_);
  return trigger;
}

pipeline::RunOptions TriggerOptions::Run() const {
  pipeline::RunOptions run;
  run.file = file_;
  run.push = !no_push_;
  run.fast = fast_;
  run.only_steps = steps_;
  const std::map<std::string, std::string> picked = Pairs("--matrix", "AXIS=VALUE", matrix_);
  run.matrix.assign(picked.begin(), picked.end());
  run.env = Pairs("--env", "NAME=VALUE", env_);
  return run;
}

}  // namespace runner
