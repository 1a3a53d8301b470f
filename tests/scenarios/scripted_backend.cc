#include "tests/scenarios/scripted_backend.h"

#include <condition_variable>

namespace pipeline {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;

// Ends when it is told to stop, as a container does.
CommandEnd WaitForStop(const CommandRequest& request, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [] { return false; });
  return Cancelled(request);
}

CommandEnd Failed(Cause cause, std::string reason, const CommandRequest& request) {
  CommandEnd end = Passed(request);
  end.result.outcome = cause == Cause::kTimeout ? Outcome::kTimedOut : Outcome::kFailed;
  end.result.cause = cause;
  end.result.reason = std::move(reason);
  return end;
}

CommandEnd EndAs(const std::string& text, const CommandRequest& request,
                 const std::stop_token& stop) {
  if (text == "pass") {
    return Passed(request);
  }
  if (text.starts_with("exit ")) {
    return ExitedWith(std::stoi(text.substr(5)), request);
  }
  if (text.starts_with("signal ")) {
    return Failed(Cause::kSignal, "killed by " + text, request);
  }
  if (text == "out of memory") {
    return Failed(Cause::kOutOfMemory, text, request);
  }
  if (text == "timeout") {
    return Failed(Cause::kTimeout, "the step's timeout", request);
  }
  if (text == "infrastructure") {
    throw Error(ErrorKind::kNotFound, "image not found");
  }
  if (text == "wait") {
    return WaitForStop(request, stop);
  }
  throw Error(ErrorKind::kInvalid, "the script doesn't know \"" + text + "\"");
}

// A report that the runs' reader of reports below understands.
CollectedFile ReportOf(const YamlNode& tests) {
  std::string content;
  for (const YamlNode::Entry& entry : tests.entries) {
    const CaseResult result = entry.key == "passed" ? CaseResult::kPassed : CaseResult::kFailed;
    content.append(std::stoul(entry.value->text),
                   static_cast<char>('0' + static_cast<int>(result)));
  }
  return {"report", content};
}

TestReport ReadReports(const std::vector<CollectedFile>& files) {
  TestReport report;
  for (const CollectedFile& file : files) {
    for (const char c : file.content) {
      report.cases.emplace_back().result = static_cast<CaseResult>(c - '0');
    }
  }
  return report;
}

CommandEnd PlayAttempt(const YamlNode& attempt, const CommandRequest& request, StepLog& log,
                       const std::stop_token& stop) {
  if (attempt.kind == YamlNode::Kind::kScalar) {
    return EndAs(attempt.text, request, stop);
  }
  CommandEnd end = Passed(request);
  for (const YamlNode::Entry& entry : attempt.entries) {
    if (entry.key == "ends") {
      end = EndAs(entry.value->text, request, stop);
    }
  }
  for (const YamlNode::Entry& entry : attempt.entries) {
    if (entry.key == "outputs") {
      end.result.outputs = MapOf(*entry.value);
    } else if (entry.key == "reused") {
      end.result.reused_from = entry.value->text;
    } else if (entry.key == "prints") {
      for (const std::string& line : TextsOf(*entry.value)) {
        log.Line(Stream::kStdout, line);
      }
    } else if (entry.key == "summary") {
      end.result.summary = entry.value->text;
    } else if (entry.key == "tests") {
      end.reports.push_back(ReportOf(*entry.value));
    } else if (entry.key != "ends") {
      throw UnknownKey(entry, "an attempt");
    }
  }
  return end;
}

}  // namespace

void ScriptedBackend::ReadScript(const YamlNode& steps) {
  for (const YamlNode::Entry& step : steps.entries) {
    const YamlNodePtr attempts = step.value;
    commands[step.key] = [attempts](const CommandRequest& request, StepLog& log,
                                    std::stop_token stop) {
      const size_t attempt = request.attempt - 1;
      return attempt < attempts->items.size()
                 ? PlayAttempt(*attempts->items[attempt], request, log, stop)
                 : Passed(request);
    };
  }
}

RunSummary ScriptedBackend::Run(const std::string& pipeline, const RunSetting& setting,
                                RunObserver& observer) {
  files = setting.files;
  changed = setting.changed;
  files[".runner.yml"] = pipeline;
  if (!setting.cancel_in.empty()) {
    commands[setting.cancel_in] = [this](const CommandRequest& request, StepLog&,
                                         std::stop_token stop) {
      stop_.request_stop();
      return WaitForStop(request, stop);
    };
  }
  RunOptions options = setting.options;
  options.read_reports = ReadReports;
  options.may_start = [&](const RunPlan& plan) {
    group = plan.concurrency.name;
    return setting.may_start;
  };
  return RunPipeline(setting.event, options, *this, observer, stop_.get_token());
}

}  // namespace pipeline
