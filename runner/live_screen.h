// What the live view draws: lines for the running steps at the bottom of a terminal, drawn over
// again in place. Pure text; live_view.h has the thread and the terminal.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace runner {

struct ScreenSize {
  size_t columns = 80;
  size_t rows = 24;
};

struct LiveStep {
  std::string name;
  std::chrono::milliseconds elapsed{0};
  std::string last_line;  // as it came
};

// One line per step, in their order, each narrower than the screen and all lower than it; the last
// says how many don't fit.
std::vector<std::string> LiveLines(const std::vector<LiveStep>& steps, const ScreenSize& size,
                                   bool colour);

// Knows what is drawn, so that it can be drawn over or taken away.
class LiveScreen {
 public:
  // The bytes that replace what is drawn by `lines`, after printing `above` (whole lines that
  // stay).
  std::string Redraw(std::string_view above, std::vector<std::string> lines,
                     const ScreenSize& size);

 private:
  std::vector<size_t> drawn_widths_;
};

}  // namespace runner
