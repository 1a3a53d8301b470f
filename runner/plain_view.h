// PlainView: a run as plain lines, for files, pipes and dumb terminals.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "pipeline/run_observer.h"
#include "runner/run_summary_text.h"
#include "runner/step_tails.h"

namespace runner {

// Takes text that is safe to print; whole lines.
using TextSink = std::function<void(std::string_view)>;

// Output of a step is "[step] text"; what we say ourselves starts with "=== ", so that output can't
// pass for it. `-q` (style.quiet) is silent until the end.
class PlainView : public pipeline::RunObserver {
 public:
  // `progress` gets the lines, `result` the summary.
  PlainView(TextSink progress, TextSink result, bool progress_colour, const SummaryStyle& style);

  void RunStarted(const std::string& run_id, const pipeline::TriggerEvent& event) override;
  void StepStarted(const std::string& step) override;
  void StepLine(const std::string& step, pipeline::Stream stream, std::string_view line) override;
  void StepFinished(const pipeline::StepSummary& step) override;
  void RunFinished(const pipeline::RunSummary& summary) override;

 private:
  const TextSink progress_;
  const TextSink result_;
  const bool progress_colour_;
  const SummaryStyle style_;
  StepTails tails_;
};

// "push of main of pie/hubot", "working tree of hello".
std::string EventText(const pipeline::TriggerEvent& event);

}  // namespace runner
