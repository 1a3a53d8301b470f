#include "runner/live_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "runner/run_summary_text.h"
#include "runner/text_width.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

constexpr size_t kMaxNameColumns = 24;

std::string ElapsedText(std::chrono::milliseconds elapsed) {
  const auto seconds = elapsed.count() / 1000;
  return seconds < 60 ? fmt::format("{} s", seconds)
                      : fmt::format("{}:{:02} min", seconds / 60, seconds % 60);
}

// What a terminal would show of a line with progress in it: the text after the last carriage
// return.
std::string LastState(std::string_view line, bool colour) {
  while (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  std::string text = OutputText(line.substr(line.rfind('\r') + 1), colour);
  std::replace(text.begin(), text.end(), '\t', ' ');
  return text;
}

}  // namespace

std::vector<std::string> LiveLines(const std::vector<LiveStep>& steps, const ScreenSize& size,
                                   bool colour) {
  // A full last column makes some terminals wrap.
  const size_t columns = std::max<size_t>(size.columns, 2) - 1;
  const size_t rows = std::max<size_t>(size.rows, 2) - 1;
  size_t name_columns = 0;
  for (const LiveStep& step : steps) {
    name_columns = std::max(name_columns, DisplayWidth(runtime::base::ForMessage(step.name)));
  }
  name_columns = std::min({name_columns, kMaxNameColumns, columns / 2});
  std::vector<std::string> lines;
  for (const LiveStep& step : steps) {
    if (lines.size() + 1 == rows && steps.size() > rows) {
      lines.push_back(
          CutToWidth(fmt::format("  and {} more steps", steps.size() - lines.size()), columns));
      break;
    }
    const std::string name = CutToWidth(runtime::base::ForMessage(step.name), name_columns);
    const std::string head =
        fmt::format("  {}  {:>8}  ", PadTo(name, name_columns), ElapsedText(step.elapsed));
    lines.push_back(CutToWidth(head + LastState(step.last_line, colour), columns));
  }
  return lines;
}

std::string LiveScreen::Redraw(std::string_view above, std::vector<std::string> lines,
                               const ScreenSize& size) {
  // A terminal that became narrower has wrapped what we drew.
  size_t rows = 0;
  for (const size_t width : drawn_widths_) {
    rows += std::max<size_t>(1, (width + size.columns - 1) / std::max<size_t>(size.columns, 1));
  }
  std::string out = "\r";
  if (rows > 0) {
    out += fmt::format("\x1b[{}A", rows);
  }
  out += "\x1b[J";
  out += above;
  drawn_widths_.clear();
  for (const std::string& line : lines) {
    out += line + "\n";
    drawn_widths_.push_back(DisplayWidth(line));
  }
  return out;
}

}  // namespace runner
