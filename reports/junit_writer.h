// Writes test results as one JUnit XML file.
#pragma once

#include <string>

#include "pipeline/test_report.h"

namespace reports {

// <testsuites> with flat suites in the cases' order (a suite is opened again when its cases are not
// in a row), file and line on cases, and flakyFailure for what failed before it passed. Well-formed
// XML 1.0 in UTF-8 whatever the texts hold: characters that XML forbids become U+FFFD.
// ReadJunit gives the same cases back.
std::string WriteJunit(const pipeline::TestReport& report);

}  // namespace reports
