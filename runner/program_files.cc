#include "runner/program_files.h"

namespace runner {
namespace fs = std::filesystem;

fs::path HelperProgram(std::string_view name) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (self.filename() == "runner" && self.parent_path().filename() == "libexec") {
    return self / name;
  }
  return self.parent_path() / "libexec" / "runner" / name;
}

}  // namespace runner
