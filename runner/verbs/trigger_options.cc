#include "runner/verbs/trigger_options.h"

#include <filesystem>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {

namespace base = runtime::base;
namespace fs = std::filesystem;

void TriggerOptions::Declare(CLI::App& app) {
  app.add_option("DIR", directory_, "A directory in a git repository (default: this one)");
  app.add_option("--event", event_, "push (default), tag, pull-request or manual");
  app.add_option("--branch", branch_, "Branch to say it is (default: what HEAD is on)");
  app.add_option("-e,--env", env_, "NAME=VALUE, over the file's env")->allow_extra_args(false);
  app.add_option("--step", steps_, "Only this step and what it needs; may be repeated")
      ->allow_extra_args(false);
  app.add_option("-f,--file", file_, "Pipeline file in the repository (default: .runner.yml)");
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

pipeline::TriggerEvent TriggerOptions::Trigger(const std::string& verb) const {
  std::error_code error;
  const fs::path path = fs::canonical(directory_, error);
  if (error || !fs::is_directory(path)) {
    throw base::Error(base::ErrorKind::kUsage,
                      verb + " " + base::ForMessage(directory_) + ": no such directory");
  }
  pipeline::TriggerEvent trigger;
  trigger.kind = Event();
  trigger.repository = path.filename();
  trigger.clone_url = path;
  trigger.branch = branch_;
  trigger.working_tree = true;
  return trigger;
}

pipeline::RunOptions TriggerOptions::Run() const {
  pipeline::RunOptions run;
  run.file = file_;
  run.push = !no_push_;
  run.only_steps = steps_;
  for (const std::string& entry : env_) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw base::Error(base::ErrorKind::kUsage,
                        "--env " + base::ForMessage(entry) + ": expected NAME=VALUE");
    }
    run.env[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return run;
}

}  // namespace runner
