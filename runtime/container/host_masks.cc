#include "runtime/container/host_masks.h"

#include <algorithm>
#include <string_view>
#include <system_error>

namespace runtime::container {
namespace fs = std::filesystem;
namespace {

constexpr char kProcessors[] = "sys/devices/system/cpu";
constexpr char kCounters[] = "thermal_throttle";

// "cpu12", but not "cpufreq" nor "cpuidle".
bool IsProcessor(std::string_view name) {
  return name.starts_with("cpu") && name.size() > 3 &&
         std::all_of(name.begin() + 3, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<std::string> HostMasks(const fs::path& root) noexcept {
  std::vector<std::string> masks;
  std::error_code error;
  if (!fs::exists(root / kProcessors / "cpu0" / kCounters, error)) {
    return masks;
  }
  fs::directory_iterator entry(root / kProcessors, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path name = entry->path().filename();
    if (IsProcessor(name.native())) {
      masks.push_back(kProcessors / name / kCounters);
    }
  }
  std::sort(masks.begin(), masks.end());
  return masks;
}

}  // namespace runtime::container
