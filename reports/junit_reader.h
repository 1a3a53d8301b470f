// Reads test reports in the JUnit XML format, in all its common dialects.
//
// There is no one specification; what is understood: roots <testsuites>, <testsuite> and a bare
// <testcase>; nested suites, flattened with their names joined by " > "; <failure>, <error>,
// <skipped>, <disabled>, several per case; flakyFailure and rerunFailure of retried cases; result
// attributes ("status", "result") where there is no child; file and line attributes, else a
// location found in the failure's text.
#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/step_backend.h"
#include "pipeline/test_report.h"

namespace reports {

// What a report may cost. Names are at most 1 KiB, messages 4 KiB.
struct JunitLimits {
  size_t file_bytes = 128u << 20;   // of each file; the rest is left out
  size_t markup_bytes = 1u << 20;   // of one tag with its attributes
  size_t depth = 100;               // of nested elements
  size_t cases = 200'000;           // of all files
  size_t failure_text = 64u << 10;  // details, and output, of a case that didn't pass
  size_t passed_text = 8u << 10;    // output of one that did
  size_t all_names = 64u << 20;     // names, suites, classes and files of all cases
  size_t all_text = 64u << 20;      // of all cases: later ones keep their names only
};

// Merges the files, in their order. Never throws for what is in them: a file that is cut off or not
// well-formed counts up to that place, a document type declaration (the way to entity bombs and
// external entities) ends its file, and `warnings` says so.
//
// A case that passed after failed attempts (flakyFailure) is passed with the first failure as
// message and details.
pipeline::TestReport ReadJunit(const std::vector<pipeline::CollectedFile>& files,
                               const JunitLimits& limits);
pipeline::TestReport ReadJunit(const std::vector<pipeline::CollectedFile>& files);

}  // namespace reports
