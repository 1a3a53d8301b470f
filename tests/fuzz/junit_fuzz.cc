// Any bytes as a JUnit file: what is read is bounded, can be shown, and comes back from the file
// that we write of it.
#include <cstdint>
#include <cstdlib>

#include "reports/junit_writer.h"
#include "reports/test_summary.h"
#include "tests/unit/reports/junit_testing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Bytes of a fuzzer are text to the reader.
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  const pipeline::TestReport report = reports::ReadText(content);
  reports::SummarizeTests(report, {});
  const pipeline::TestReport back = reports::ReadText(reports::WriteJunit(report));
  if (!back.warnings.empty() || !reports::SameCases(report, back)) {
    std::abort();
  }
  return 0;
}
