#include "runner/run_summary_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/test_summary.h"
#include "runner/text_width.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"

namespace runner {
namespace {

using pipeline::Outcome;
using pipeline::RunSummary;
using pipeline::StepSummary;
using runtime::base::ForMessage;

constexpr size_t kMaxReason = 400;
constexpr size_t kMaxStepColumn = 30;

std::string Reason(const std::string& reason) { return CutToWidth(ForMessage(reason), kMaxReason); }

bool Failed(const StepSummary& step) {
  return step.result.outcome == Outcome::kFailed || step.result.outcome == Outcome::kErrored ||
         step.result.outcome == Outcome::kTimedOut;
}

// One that passed needs none, unless it wasn't run.
bool HasReason(const StepSummary& step) {
  return step.result.outcome != Outcome::kPassed || !step.result.reused_from.empty();
}

std::string TimeText(const StepSummary& step) {
  return step.result.outcome == Outcome::kSkipped
             ? ""
             : runtime::base::FormatDuration(step.result.usage.wall);
}

std::string LogEnds(const RunSummary& summary, const StepTails& tails, bool colour) {
  std::string out;
  for (const StepSummary& step : summary.steps) {
    const auto& lines = tails.Of(step.name);
    if (!Failed(step) || lines.empty()) {
      continue;
    }
    out += fmt::format("last lines of {}:\n", ForMessage(step.name));
    for (const std::string& line : lines) {
      out += "  | " + OutputText(line, colour) + "\n";
    }
    out += "\n";
  }
  return out;
}

std::string Table(const RunSummary& summary, bool colour) {
  size_t name_columns = 0;
  size_t outcome_columns = 0;
  for (const StepSummary& step : summary.steps) {
    name_columns = std::max(name_columns, DisplayWidth(ForMessage(step.name)));
    outcome_columns = std::max(outcome_columns, pipeline::ToString(step.result.outcome).size());
  }
  name_columns = std::min(name_columns, kMaxStepColumn);
  std::string out;
  for (const StepSummary& step : summary.steps) {
    std::string line =
        fmt::format("  {}  {}  {:>12}  {}",
                    PadTo(CutToWidth(ForMessage(step.name), name_columns), name_columns),
                    PadTo(OutcomeText(step.result.outcome, colour), outcome_columns),
                    TimeText(step), HasReason(step) ? Reason(step.result.reason) : "");
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

bool HasTests(const RunSummary& summary) {
  return std::any_of(summary.steps.begin(), summary.steps.end(),
                     [](const StepSummary& step) { return step.result.has_tests; });
}

std::string Pushed(const RunSummary& summary) {
  std::string out;
  for (const StepSummary& step : summary.steps) {
    for (const std::string& reference : step.result.pushed) {
      out += "pushed " + ForMessage(reference) + "\n";
    }
  }
  return out;
}

std::string Verdict(const RunSummary& summary, bool colour) {
  std::string text = fmt::format(
      "{}{} in {}", summary.pipeline.empty() ? "" : ForMessage(summary.pipeline) + ": ",
      OutcomeText(summary.outcome, colour), runtime::base::FormatDuration(summary.duration));
  if (const size_t findings = summary.diagnostics.size(); findings > 0) {
    text += fmt::format(": {} finding{} in {}", findings, findings == 1 ? "" : "s",
                        Reason(summary.diagnostics.front().file));
  } else if (summary.outcome != Outcome::kPassed && summary.outcome != Outcome::kErrored &&
             !summary.reason.empty()) {
    text += ": " + Reason(summary.reason);
  }
  return text + "\n";
}

}  // namespace

std::string OutcomeText(Outcome outcome, bool colour) {
  const std::string_view word = pipeline::ToString(outcome);
  if (!colour) {
    return std::string(word);
  }
  const char* code = "";
  switch (outcome) {
    case Outcome::kPassed:
      code = "32";
      break;
    case Outcome::kFlaky:
    case Outcome::kWarned:
    case Outcome::kCancelled:
      code = "33";
      break;
    case Outcome::kSkipped:
      code = "2";
      break;
    case Outcome::kFailed:
    case Outcome::kErrored:
    case Outcome::kTimedOut:
      code = "1;31";
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, word);
}

std::string StepEndText(const StepSummary& step, bool colour) {
  std::string text = OutcomeText(step.result.outcome, colour);
  if (const std::string time = TimeText(step); !time.empty()) {
    text += " in " + time;
  }
  if (HasReason(step) && !step.result.reason.empty()) {
    text += ": " + Reason(step.result.reason);
  }
  return text;
}

std::string OutputText(std::string_view line, bool colour) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  // Where colours aren't wanted they are noise, not a secret: dropped, not shown escaped.
  std::string text = runtime::base::ForTerminal(line, true);
  if (text.find('\x1b') == std::string::npos) {
    return text;
  }
  if (colour) {
    return text + "\x1b[0m";
  }
  for (size_t begin = text.find('\x1b'); begin != std::string::npos;
       begin = text.find('\x1b', begin)) {
    text.erase(begin, text.find('m', begin) + 1 - begin);
  }
  return text;
}

std::string RunErrorText(const RunSummary& summary) {
  std::string out;
  for (const pipeline::Diagnostic& diagnostic : summary.diagnostics) {
    out += pipeline::Format(diagnostic, "");
  }
  if (out.empty() && summary.outcome == Outcome::kErrored) {
    out = "runner: " + ForMessage(summary.reason) + "\n";
  }
  return out;
}

std::string RunSummaryText(const RunSummary& summary, const StepTails& tails,
                           const SummaryStyle& style) {
  std::string out;
  if (style.logs) {
    out += LogEnds(summary, tails, style.colour);
  }
  if (!style.quiet) {
    out += Table(summary, style.colour);
  }
  const pipeline::TestTotals totals = summary.tests.Totals();
  if (HasTests(summary) && (!style.quiet || totals.failed + totals.errors > 0)) {
    out += reports::SummarizeTests(summary.tests, {.colour = style.colour});
  }
  return out + Pushed(summary) + Verdict(summary, style.colour);
}

}  // namespace runner
