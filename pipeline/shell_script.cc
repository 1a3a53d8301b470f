#include "pipeline/shell_script.h"

#include <algorithm>
#include <array>

namespace pipeline {

std::vector<std::string> DefaultShell() { return {"/bin/sh", "-e", "-x", "-c"}; }

bool IsShell(std::string_view program) {
  static constexpr std::array<std::string_view, 12> kShells = {
      "sh", "ash", "bash", "busybox", "dash", "env", "fish", "ksh", "mksh", "su", "xargs", "zsh"};
  const std::string_view name = program.substr(program.rfind('/') + 1);
  return std::find(kShells.begin(), kShells.end(), name) != kShells.end();
}

}  // namespace pipeline
