// Config and State as the text of their files: JSON with a version.
#pragma once

#include <string>
#include <string_view>

#include "runtime/lifecycle/record.h"

namespace runtime::lifecycle {

std::string FormatConfig(const Config& config);
// Throws Error: kInvalid for a damaged text, kUnsupported for one of a newer version.
Config ParseConfig(std::string_view text);

std::string FormatState(const State& state);
State ParseState(std::string_view text);

// "no", "on-failure:3", "always", "unless-stopped", as docker names them.
std::string FormatRestart(const RestartPolicy& policy);
// Throws Error (kUsage).
RestartPolicy ParseRestart(std::string_view text);

}  // namespace runtime::lifecycle
