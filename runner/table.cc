#include "runner/table.h"

#include <algorithm>
#include <cstdio>

namespace runner {

void PrintTable(std::vector<std::vector<std::string>> rows) {
  constexpr size_t kGap = 3;
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  for (auto& row : rows) {
    std::string text;
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      row[i].resize(widths[i] + kGap, ' ');
      text += row[i];
    }
    std::puts((text + row.back()).c_str());
  }
}

}  // namespace runner
