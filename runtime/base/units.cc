#include "runtime/base/units.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace runtime::base {
namespace {

// Takes a decimal number off the front of `text`.
std::optional<double> TakeNumber(std::string_view& text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) == 0) {
    return std::nullopt;
  }
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value)) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

std::string_view TakeUnit(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && std::isalpha(static_cast<unsigned char>(text[n])) != 0) {
    ++n;
  }
  const std::string_view unit = text.substr(0, n);
  text.remove_prefix(n);
  return unit;
}

std::optional<double> MillisecondsPer(std::string_view unit) {
  static constexpr std::array<std::pair<std::string_view, double>, 6> kUnits = {
      {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"min", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};
  for (const auto& [name, factor] : kUnits) {
    if (name == unit) {
      return factor;
    }
  }
  return std::nullopt;
}

std::optional<double> BytesPer(std::string unit) {
  for (char& c : unit) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (unit.empty() || unit == "b") {
    return 1;
  }
  static constexpr std::string_view kPrefixes = "kmgt";
  const size_t power = kPrefixes.find(unit.front());
  const std::string rest = unit.substr(1);
  if (power == std::string_view::npos || (rest != "" && rest != "b" && rest != "ib")) {
    return std::nullopt;
  }
  return std::pow(rest == "b" ? 1000.0 : 1024.0, static_cast<double>(power + 1));
}

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  if (text == "0") {
    return std::chrono::milliseconds(0);
  }
  if (text.empty()) {
    return std::nullopt;
  }
  double total = 0;
  while (!text.empty()) {
    const std::optional<double> number = TakeNumber(text);
    const std::optional<double> factor = MillisecondsPer(TakeUnit(text));
    if (!number || !factor) {
      return std::nullopt;
    }
    total += *number * *factor;
  }
  // Ten years bound every sum that is made with it.
  if (total > 3650 * 86400e3) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(std::llround(total));
}

std::optional<uint64_t> ParseSize(std::string_view text) {
  const std::optional<double> number = TakeNumber(text);
  const std::optional<double> factor = BytesPer(std::string(text));
  if (!number || !factor || *number * *factor > 9e18) {
    return std::nullopt;
  }
  return static_cast<uint64_t>(*number * *factor);
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  const auto ms = static_cast<double>(duration.count());
  if (ms < 1000) {
    return fmt::format("{:.0f} ms", ms);
  }
  if (ms < 60e3) {
    return fmt::format("{:.1f} s", ms / 1e3);
  }
  const auto seconds = duration.count() / 1000;
  return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

std::string FormatSize(uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, kUnits[unit]);
}

}  // namespace runtime::base
