// Matrix: axes of values, and the cells that they make.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pipeline {

// Cells of one matrix, and steps of a plan that has one.
inline constexpr size_t kMaxCells = 256;
inline constexpr size_t kMaxMatrixSteps = 10'000;

// A value for each axis, in the order of the axes.
using MatrixCell = std::vector<std::pair<std::string, std::string>>;

struct Matrix {
  struct Axis {
    std::string name;
    std::vector<std::string> values;
  };
  std::vector<Axis> axes;
  std::vector<MatrixCell> exclude;  // a combination goes that has all these values
  std::vector<MatrixCell> include;  // more values for combinations, or more combinations
};

// The product of the axes, without what `exclude` names. Then each entry of `include` adds its
// values to the combinations of the axes whose values it doesn't change; where there is none, it
// is a cell of its own. Stops beyond kMaxCells: the caller reports more.
std::vector<MatrixCell> CellsOf(const Matrix& matrix);

// "gcc, 12".
std::string NameOf(const MatrixCell& cell);

// Its value of the axis; empty where it has none.
std::string_view ValueOf(const MatrixCell& cell, std::string_view axis);

// `exec --matrix`: has the cell the values asked for, as far as it has these axes?
bool IsPicked(const MatrixCell& cell, const MatrixCell& picked);

}  // namespace pipeline
