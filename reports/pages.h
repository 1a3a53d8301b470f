// The server's pages: data in, HTML out. No script, no inline style: they work under
// "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'".
//
// Paths: / (runs), /runs/ID, /runs/ID/log/STEP, /runs/ID/junit.xml, /style.css. Pages of runs that
// go on reload themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/test_report.h"
#include "reports/run_reader.h"
#include "reports/run_record.h"

namespace reports {

// `before` is what was asked for; not empty on later pages.
std::string RunListPage(const RunPageResult& page, std::string_view before);

// `tests` is null while there is no report.
std::string RunPage(const RunRecord& run, const pipeline::TestReport* tests);

// A part of a step's log, with links to what comes before and after it.
std::string LogPage(const RunRecord& run, std::string_view step, const LogSlice& slice);

// For 404 and other errors: what is wrong, and the way back.
std::string MessagePage(std::string_view title, std::string_view message);

// Content of /style.css.
std::string_view StyleSheet();

// How much of a log one page holds.
inline constexpr size_t kLogPageBytes = 256u << 10;

}  // namespace reports
