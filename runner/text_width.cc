#include "runner/text_width.h"

#include <algorithm>
#include <array>

#include "runtime/base/utf8.h"

namespace runner {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Of Unicode's EastAsianWidth.txt, W and F, the ranges that occur.
constexpr std::array<Range, 13> kWide = {{{0x1100, 0x115F},
                                          {0x231A, 0x231B},
                                          {0x2705, 0x2705},
                                          {0x274C, 0x274E},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 6> kCombining = {{{0x0300, 0x036F},
                                              {0x0483, 0x0489},
                                              {0x1AB0, 0x1AFF},
                                              {0x200C, 0x200D},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F}}};

template <size_t N>
bool IsIn(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& r) { return c >= r.first && c <= r.last; });
}

struct Piece {
  size_t bytes;
  size_t columns;
  bool colour;
};

// The character or colour sequence at the front of `text`, which isn't empty.
Piece Next(std::string_view text) {
  if (text.front() == '\x1b') {
    const size_t end = text.find('m');
    return {end == std::string_view::npos ? text.size() : end + 1, 0, true};
  }
  const auto scalar = runtime::base::DecodeUtf8(text);
  if (!scalar) {
    return {1, 1, false};
  }
  const char32_t c = scalar->value;
  const size_t columns = IsIn(kCombining, c) ? 0 : IsIn(kWide, c) ? 2 : 1;
  return {scalar->bytes, columns, false};
}

// The longest front part of `text` that takes at most `columns`.
std::string_view FrontOf(std::string_view text, size_t columns, bool& has_colour) {
  size_t end = 0;
  size_t used = 0;
  while (end < text.size()) {
    const Piece piece = Next(text.substr(end));
    if (used + piece.columns > columns) {
      break;
    }
    used += piece.columns;
    end += piece.bytes;
    has_colour = has_colour || piece.colour;
  }
  return text.substr(0, end);
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const Piece piece = Next(text);
    columns += piece.columns;
    text.remove_prefix(piece.bytes);
  }
  return columns;
}

std::string CutToWidth(std::string_view text, size_t columns) {
  bool has_colour = false;
  std::string_view kept = FrontOf(text, columns, has_colour);
  const bool cut = kept.size() < text.size();
  std::string_view dots;
  if (cut && columns >= 8) {
    dots = "...";
    kept = FrontOf(text, columns - dots.size(), has_colour);
  }
  std::string out(kept);
  out += dots;
  if (has_colour) {
    out += "\x1b[0m";
  }
  return out;
}

std::string PadTo(std::string_view text, size_t columns) {
  const size_t width = DisplayWidth(text);
  return std::string(text) + std::string(columns - std::min(columns, width), ' ');
}

}  // namespace runner
