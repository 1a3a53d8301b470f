#include "runner/run_paths.h"

#include <fmt/format.h>

#include <cctype>

#include "runtime/base/digest.h"

namespace runner {
namespace {

constexpr size_t kMaxFileName = 120;

bool IsPlain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

}  // namespace

std::filesystem::path RunPaths::log(std::string_view step) const {
  std::string name;
  for (const char c : step) {
    if (IsPlain(c) || (c == '.' && !name.empty())) {
      name += c;
    } else {
      name += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  if (name.size() > kMaxFileName) {
    name = name.substr(0, kMaxFileName - 33) + "%" +
           runtime::base::Digest::Of(step).hex().substr(0, 32);
  }
  return logs() / (name + ".log");
}

std::filesystem::path RunPaths::kept_step(std::string_view step) const {
  return kept() / log(step).filename().replace_extension(".step");
}

std::filesystem::path RunPaths::listing(std::string_view step) const {
  return listings() / log(step).filename().replace_extension(".list");
}

std::filesystem::path RunPaths::log_index(std::string_view step) const {
  return log(step).replace_extension(".index");
}

}  // namespace runner
