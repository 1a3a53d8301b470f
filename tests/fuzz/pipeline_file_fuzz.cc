// libFuzzer: any bytes as a pipeline file, and its text as an expression, a template, a schedule, a
// volume and a line of output.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/cron.h"
#include "pipeline/expression.h"
#include "pipeline/fixes.h"
#include "pipeline/pipeline_file.h"
#include "pipeline/plan_maker.h"
#include "pipeline/volume_spec.h"
#include "pipeline/workflow_command.h"
#include "runtime/base/glob.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const pipeline::ParsedFile parsed = pipeline::ParsePipelineFile(text, "fuzz.yml");
  if (parsed.file.has_value() != parsed.diagnostics.empty()) {
    std::abort();
  }
  for (const pipeline::Diagnostic& finding : parsed.diagnostics) {
    const std::string shown = pipeline::Format(finding, text);
    if (shown.find('\x1b') != std::string::npos) {
      std::abort();
    }
  }
  if (parsed.file) {
    pipeline::MakePlan(*parsed.file, {}, {});
  }
  pipeline::ParseWorkflowCommand(text);
  std::string wrong;
  pipeline::ParseVolume(text, wrong);
  if (const auto cron = pipeline::Cron::Parse(text, wrong)) {
    cron->Next(std::chrono::sys_seconds());
  }
  const pipeline::FixedText fixed = pipeline::FixPipelineFile(text);
  if ((fixed.fixes == 0) != (fixed.text == text)) {
    std::abort();
  }
  const auto nothing = [](std::string_view) { return std::optional<std::string>(); };
  pipeline::Expression::ParseError error;
  if (const auto expression = pipeline::Expression::Parse(text, error)) {
    expression->Evaluate(nothing);
  }
  if (const auto filled = pipeline::Template::Parse(text, error)) {
    filled->Evaluate(nothing);
  }
  const size_t half = std::min<size_t>(size / 2, 200);
  runtime::base::GlobMatches(std::string_view(text).substr(0, half),
                             std::string_view(text).substr(half, 200));
  return 0;
}
