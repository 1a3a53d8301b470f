// Where our own programs are: beside each other, as installed or in the build tree.
#pragma once

#include <filesystem>
#include <string_view>

namespace runner {

// BIN/../libexec/runner/NAME, seen from BIN/runner as well as from a program in libexec/runner.
std::filesystem::path HelperProgram(std::string_view name);

}  // namespace runner
