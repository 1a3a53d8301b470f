// A finished run as text for a terminal. Pure functions; everything they return is safe to print.
#pragma once

#include <string>
#include <string_view>

#include "pipeline/run_observer.h"
#include "runner/step_tails.h"

namespace runner {

struct SummaryStyle {
  bool colour = false;
  bool quiet = false;  // without the table and counts: failures and the verdict only
  bool logs = true;    // show the last lines of failed steps (when they weren't shown before)
};

// The outcome's name, coloured.
std::string OutcomeText(pipeline::Outcome outcome, bool colour);

// "failed in 3.2 s: exit code 2", "skipped: build failed".
std::string StepEndText(const pipeline::StepSummary& step, bool colour);

// One line of a step's output: no escape sequence but colours, and those only if `colour`; ends
// with a reset when it has some.
std::string OutputText(std::string_view line, bool colour);

// Why the pipeline could not be run as it is: the diagnostics of its file, one line each, or what
// failed of ours. For standard error; empty when the run has its result.
std::string RunErrorText(const pipeline::RunSummary& summary);

// Last lines of failed steps; table of steps; test counts and failing cases; pushed references; the
// verdict, whose reason is left to RunErrorText where that has one. Ends with "\n".
std::string RunSummaryText(const pipeline::RunSummary& summary, const StepTails& tails,
                           const SummaryStyle& style);

}  // namespace runner
