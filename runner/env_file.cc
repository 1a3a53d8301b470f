#include "runner/env_file.h"

#include <cstdlib>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace base = runtime::base;
namespace {

constexpr size_t kLargest = 1u << 20;
constexpr std::string_view kBlanks = " \t\v\f\r";

[[noreturn]] void RefuseLine(const std::string& file, size_t line, const std::string& why) {
  throw base::Error(base::ErrorKind::kUsage, "--env-file " + base::ForMessage(file) + ":" +
                                                 std::to_string(line) + ": " + why +
                                                 "; expected NAME=VALUE or NAME");
}

}  // namespace

std::vector<std::string> ParseEnvFile(std::string_view text, const std::string& name) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::vector<std::string> variables;
  for (size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty() || line.front() == '#') {
      continue;
    }
    const std::string variable(line.substr(0, line.find('=')));
    if (variable.empty()) {
      RefuseLine(name, number, "no name in front of \"=\"");
    }
    if (line.find('\0') != std::string_view::npos) {
      RefuseLine(name, number, "a NUL character");
    }
    if (variable.find_first_of(kBlanks) != std::string::npos) {
      RefuseLine(name, number, "\"" + base::ForMessage(variable) + "\" has blanks");
    }
    const char* ours = variable.size() == line.size() ? std::getenv(variable.c_str()) : nullptr;
    if (variable.size() < line.size()) {
      variables.emplace_back(line);
    } else if (ours != nullptr) {
      variables.push_back(variable + "=" + ours);
    }
  }
  return variables;
}

std::vector<std::string> ReadEnvFile(const std::filesystem::path& path) {
  return base::WithContext(
      "--env-file", [&] { return ParseEnvFile(base::ReadFile(path, kLargest), path.string()); });
}

}  // namespace runner
