// Any bytes as a run's record: what is read comes back from what we write of it, and can be
// compared and shown.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runner/run_comparison.h"
#include "runtime/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  runner::ComparedRun run;
  try {
    run.record = reports::RunRecordFromJson({reinterpret_cast<const char*>(data), size});
  } catch (const runtime::base::Error&) {
    return 0;
  }
  const std::string text = reports::ToJson(run.record);
  if (reports::ToJson(reports::RunRecordFromJson(text)) != text) {
    std::abort();
  }
  run.listing = [](const std::string&) { return std::nullopt; };
  const runner::RunComparison comparison = runner::CompareRuns(run, run);
  runner::ComparisonText(comparison);
  runner::ComparisonJson(comparison);
  return 0;
}
