#include "runner/run_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <random>

#include "runtime/base/digest.h"

namespace runner {
namespace {

constexpr size_t kMaxFileName = 120;

bool IsPlain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

}  // namespace

std::string NewRunId(const runtime::base::Clock& clock) {
  std::string time = runtime::base::FormatTime(clock.Now());  // "2026-01-31T12:00:00Z"
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
  std::replace(time.begin(), time.end(), 'T', '-');
  return fmt::format("{}-{:06x}", time, std::random_device()() & 0xFFFFFF);
}

bool IsRunId(std::string_view id) {
  return !id.empty() && id.size() <= 64 && id.front() != '-' &&
         std::all_of(id.begin(), id.end(), IsPlain);
}

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

}  // namespace runner
