// A run that a server keeps (runner/serve/run_files.h says what it gives).
#pragma once

#include <memory>
#include <string>

#include "runner/run_source.h"

namespace runner {

// "https://ci.example.org/runs/01kh...": a run's page, or its record there. Also below a path of a
// proxy.
bool IsServerUrl(const std::string& text);

// Reads the record. Everything is bounded, redirects aren't followed. Throws Error: kUsage for a
// URL that is of no run, kNotFound, kUnavailable, kInvalid, kCancelled.
std::unique_ptr<RunSource> OpenServerSource(const std::string& url);

}  // namespace runner
