#include "pipeline/matrix.h"

#include <algorithm>
#include <optional>

namespace pipeline {
namespace {

std::optional<std::string_view> FindValue(const MatrixCell& cell, std::string_view axis) {
  for (const auto& [name, value] : cell) {
    if (name == axis) {
      return value;
    }
  }
  return std::nullopt;
}

bool HasAll(const MatrixCell& cell, const MatrixCell& values) {
  return std::all_of(values.begin(), values.end(), [&](const auto& asked) {
    return FindValue(cell, asked.first) == asked.second;
  });
}

// Does the entry change a value of the combination of axes that the cell began as?
bool Changes(const MatrixCell& entry, const MatrixCell& combination) {
  return std::any_of(entry.begin(), entry.end(), [&](const auto& value) {
    const std::optional<std::string_view> has = FindValue(combination, value.first);
    return has && *has != value.second;
  });
}

std::vector<MatrixCell> Product(const std::vector<Matrix::Axis>& axes) {
  std::vector<MatrixCell> cells = {{}};
  for (const Matrix::Axis& axis : axes) {
    std::vector<MatrixCell> longer;
    for (const MatrixCell& cell : cells) {
      for (const std::string& value : axis.values) {
        if (longer.size() > kMaxCells) {
          return longer;
        }
        longer.push_back(cell);
        longer.back().emplace_back(axis.name, value);
      }
    }
    cells = std::move(longer);
  }
  return axes.empty() ? std::vector<MatrixCell>() : cells;
}

void Include(const MatrixCell& entry, const std::vector<MatrixCell>& combinations,
             std::vector<MatrixCell>& cells) {
  bool added = false;
  for (size_t i = 0; i < combinations.size(); ++i) {
    if (Changes(entry, combinations[i])) {
      continue;
    }
    added = true;
    for (const auto& [name, value] : entry) {
      const auto known =
          std::find_if(cells[i].begin(), cells[i].end(),
                       [&name = name](const auto& has) { return has.first == name; });
      if (known == cells[i].end()) {
        cells[i].emplace_back(name, value);
      } else {
        known->second = value;  // of an entry before; those of axes are the same
      }
    }
  }
  if (!added) {
    cells.push_back(entry);
  }
}

}  // namespace

std::vector<MatrixCell> CellsOf(const Matrix& matrix) {
  std::vector<MatrixCell> combinations = Product(matrix.axes);
  if (combinations.size() > kMaxCells) {
    return combinations;
  }
  std::erase_if(combinations, [&](const MatrixCell& cell) {
    return std::any_of(matrix.exclude.begin(), matrix.exclude.end(),
                       [&](const MatrixCell& entry) { return HasAll(cell, entry); });
  });
  std::vector<MatrixCell> cells = combinations;
  for (const MatrixCell& entry : matrix.include) {
    if (cells.size() <= kMaxCells) {
      Include(entry, combinations, cells);
    }
  }
  return cells;
}

std::string NameOf(const MatrixCell& cell) {
  std::string name;
  for (const auto& [axis, value] : cell) {
    name += (name.empty() ? "" : ", ") + value;
  }
  return name;
}

std::string_view ValueOf(const MatrixCell& cell, std::string_view axis) {
  return FindValue(cell, axis).value_or("");
}

bool IsPicked(const MatrixCell& cell, const MatrixCell& picked) {
  return std::all_of(picked.begin(), picked.end(), [&](const auto& asked) {
    const std::optional<std::string_view> has = FindValue(cell, asked.first);
    return !has || *has == asked.second;
  });
}

}  // namespace pipeline
