// Quantities with units, as pipeline files and command lines write them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace runtime::base {

// "90s", "10m", "1h30m", "250ms", "2d". A number without a unit is refused, but for "0".
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "512MiB", "1GiB", "100kB", "1.5GB", "64m" (docker's k, m, g are binary), "4096" (bytes).
std::optional<uint64_t> ParseSize(std::string_view text);

// "850 ms", "12.3 s", "4 min 05 s".
std::string FormatDuration(std::chrono::milliseconds duration);

// "812 B", "3.1 MiB", "1.2 GiB".
std::string FormatSize(uint64_t bytes);

}  // namespace runtime::base
