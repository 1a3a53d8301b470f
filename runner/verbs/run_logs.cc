// runner logs: what the steps of a run wrote, and with -f what they go on to write.
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <list>
#include <optional>
#include <string>

#include "reports/run_record.h"
#include "runner/cli.h"
#include "runner/run_control.h"
#include "runner/run_directory.h"
#include "runner/run_finder.h"
#include "runner/run_paths.h"
#include "runner/run_summary_text.h"
#include "runner/step_log_reader.h"
#include "runner/verbs/verbs.h"
#include "runner/when.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace base = runtime::base;
using base::Error;
using base::ErrorKind;
using reports::LogLine;

struct LogOptions {
  std::string run = "last";
  std::string step;
  bool follow = false;
  bool times = false;
  bool raw = false;
  std::optional<uint64_t> lines;
  std::string since;

  void Declare(CLI::App& app) {
    app.footer(
        "Each line begins with its step's name, unless --step names one.\n\n"
        "Examples:\n"
        "  runner logs\n"
        "  runner logs -f --step build 01kgasd0\n"
        "  runner logs --raw --step build last >build.out");
    app.add_option("RUN", run,
                   "Id, enough of its beginning or end, or last (the default): the newest");
    app.add_flag("-f,--follow", follow, "Go on until the run ends");
    app.add_option("-s,--step", step,
                   "Only that step, or that service: db, or test.db of step test");
    app.add_option("-n,--tail", lines, "Only that many last lines of each step");
    app.add_option("--since", since, "From this time on, or how long ago: 10m");
    app.add_flag("-t,--timestamps", times, "Begin each line with its time");
    app.add_flag("--raw", raw, "The bytes that the step wrote, without lines of the runner");
  }
};

// Tells when there may be more of a run that goes on.
class Changes {
 public:
  explicit Changes(const RunPaths& paths)
      : control_(OpenControl(paths)), events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (!events_ || ::inotify_add_watch(events_.get(), paths.directory.c_str(), IN_MOVED_TO) < 0 ||
        ::inotify_add_watch(events_.get(), paths.logs().c_str(), IN_MODIFY | IN_CREATE) < 0) {
      throw Error::FromErrno("watch " + paths.directory.string());
    }
  }

  bool ended() const { return !control_; }

  void Await() {
    pollfd changes[] = {{events_.get(), POLLIN, 0}, {control_->get(), 0, 0}};
    if (::poll(changes, std::size(changes), -1) < 0 && errno != EINTR) {
      throw Error::FromErrno("wait for the log");
    }
    alignas(inotify_event) std::array<char, 16384> taken;
    while (::read(events_.get(), taken.data(), taken.size()) > 0) {
    }
    if (changes[1].revents != 0) {
      control_.reset();
    }
  }

 private:
  std::optional<base::UniqueFd> control_;  // while a process works on the run
  base::UniqueFd events_;
};

// The logs of a run's steps, in file order.
class RunLogs {
 public:
  RunLogs(const RunPaths& paths, const LogOptions& options, bool colour)
      : paths_(paths), options_(options), colour_(colour) {
    if (!options.since.empty()) {
      since_ms_ = ParseWhen("--since", options.since) / 1'000'000;
    }
  }

  // What there is now. `ended`: there will be no more.
  void Print(bool ended) {
    const std::optional<reports::RunRecord> record = ReadRunRecord(paths_);
    if (!record) {
      return;
    }
    for (const reports::StepRecord& step : record->steps) {
      if (options_.step.empty() || options_.step == step.name) {
        PrintStep(Find(step.name), ended);
      }
    }
    if (!options_.step.empty() && (steps_.empty() || is_service_)) {
      PrintService(*record, ended);
    }
  }

 private:
  struct Step {
    std::string name;
    StepLogReader reader;
  };

  // A service has a log as steps have, and no record (services_in_use.h).
  void PrintService(const reports::RunRecord& record, bool ended) {
    is_service_ = std::filesystem::exists(paths_.log(options_.step));
    if (is_service_) {
      PrintStep(Find(options_.step), ended);
    } else {
      CheckStep(record, ended);
    }
  }

  // A step that the plan doesn't have; the plan comes after the clone.
  void CheckStep(const reports::RunRecord& record, bool ended) const {
    if (!ended && record.pipeline.empty()) {
      return;
    }
    std::string names;
    for (const reports::StepRecord& step : record.steps) {
      names += (names.empty() ? "" : ", ") + base::ForMessage(step.name);
    }
    throw Error(ErrorKind::kNotFound, "step " + base::ForMessage(options_.step) +
                                          ": the run has none of that name, but " + names);
  }

  Step& Find(const std::string& name) {
    for (Step& step : steps_) {
      if (step.name == name) {
        return step;
      }
    }
    Step& step = steps_.emplace_back(Step{name, StepLogReader(paths_, name)});
    if (options_.lines) {
      step.reader.SkipToLast(*options_.lines);
    } else if (since_ms_ > 0) {
      step.reader.SkipTo(since_ms_);
    }
    return step;
  }

  void PrintStep(Step& step, bool ended) {
    std::string text;
    constexpr size_t kWhole = 64u << 10;
    while (const std::optional<LogLine> line = step.reader.Next(ended)) {
      AddLine(step.name, *line, text);
      if (text.size() >= kWhole) {
        base::WriteAll(STDOUT_FILENO, text, "the log");
        text.clear();
      }
    }
    base::WriteAll(STDOUT_FILENO, text, "the log");
  }

  void AddLine(const std::string& step, const LogLine& line, std::string& text) const {
    const bool ours = line.stream == pipeline::Stream::kRunner;
    if ((options_.raw && ours) || (since_ms_ > 0 && reports::TimeOf(line) < since_ms_)) {
      return;
    }
    if (options_.raw) {
      text += line.raw + "\n";
      return;
    }
    if (options_.step.empty()) {
      text += "[" + base::ForMessage(step) + "] ";
    }
    if (options_.times && !line.time.empty()) {
      text += line.time + " ";
    }
    text += OutputText(line.raw, colour_) + "\n";
  }

  const RunPaths paths_;
  const LogOptions& options_;
  const bool colour_;
  int64_t since_ms_ = 0;
  std::list<Step> steps_;
  bool is_service_ = false;  // what the options ask for
};

int Show(const LogOptions& options, const Globals& globals) {
  const base::StateDir state = OpenState(globals.root);
  const RunPaths paths(state.runs(), FindRun(state.runs(), options.run));
  std::optional<Changes> changes;
  if (options.follow) {
    changes.emplace(paths);  // Before the first look: what comes meanwhile must not be missed.
  }
  RunLogs logs(paths, options, globals.colour && ::isatty(STDOUT_FILENO) == 1);
  while (changes && !changes->ended()) {
    logs.Print(false);
    changes->Await();
  }
  logs.Print(true);
  return kExitPassed;
}

}  // namespace

int LogsMain(std::vector<std::string> args) {
  LogOptions options;
  return RunVerb(
      "logs", "Shows what the steps of a run wrote.", std::move(args),
      [&](CLI::App& app) { options.Declare(app); },
      [&](const Globals& globals) { return Show(options, globals); });
}

}  // namespace runner
