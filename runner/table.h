// A table on standard output: columns as wide as their widest cell.
#pragma once

#include <string>
#include <vector>

namespace runner {

// The first row is the heading. Every row has as many cells as it.
void PrintTable(std::vector<std::vector<std::string>> rows);

}  // namespace runner
