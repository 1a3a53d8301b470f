#include "pipeline/matrix_parser.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <utility>

#include "pipeline/section_reader.h"
#include "pipeline/suggestion.h"

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;

constexpr size_t kMaxCellBytes = 128;

class MatrixReader {
 public:
  explicit MatrixReader(Findings& findings) : findings_(findings) {}

  Matrix Read(const YamlNode& map) {
    for (const YamlNode::Entry& entry : map.entries) {
      if (entry.key != "include" && entry.key != "exclude") {
        ReadAxis(entry);
      }
    }
    // Their names are checked against those of the axes, wherever these stand.
    for (const YamlNode::Entry& entry : map.entries) {
      if (entry.key == "include") {
        matrix_.include = ReadCells(entry, true);
      } else if (entry.key == "exclude") {
        matrix_.exclude = ReadCells(entry, false);
      }
    }
    return std::move(matrix_);
  }

 private:
  bool IsAxisName(const std::string& name, Position at) {
    const bool good = IsName(name);
    if (!good) {
      findings_.Add(at, "E111", "\"" + name + "\" can't be an axis: " + std::string(kNameRule));
    }
    return good;
  }

  bool IsValue(const YamlNode& node, const std::string& axis) {
    if (node.kind != Kind::kScalar) {
      findings_.Add(node.at, "E104", "a value of axis `" + axis + "` must be a text");
      return false;
    }
    const bool good = !node.text.empty() && node.text.size() <= kMaxCellBytes &&
                      std::none_of(node.text.begin(), node.text.end(), [](char c) {
                        return std::iscntrl(static_cast<unsigned char>(c)) != 0;
                      });
    if (!good) {
      findings_.Add(node.at, "E205",
                    "a value of axis `" + axis + "` is one line of at most " +
                        std::to_string(kMaxCellBytes) + " bytes, and not empty");
    } else if (node.text.find("${{") != std::string::npos) {
      findings_.Add(node.at, "E404", "a matrix takes no `${{ }}`; write the text itself");
    }
    return good;
  }

  void ReadAxis(const YamlNode::Entry& entry) {
    if (!IsAxisName(entry.key, entry.at)) {
      return;
    }
    if (entry.value->kind != Kind::kList || entry.value->items.empty()) {
      findings_.Add(entry.value->at, "E205",
                    "axis `" + entry.key + "` needs a list of values such as [gcc, clang]");
      return;
    }
    Matrix::Axis axis = {entry.key, {}};
    std::set<std::string> known;
    for (const YamlNodePtr& item : entry.value->items) {
      if (!IsValue(*item, entry.key)) {
        continue;
      }
      if (!known.insert(item->text).second) {
        findings_.Add(item->at, "E205",
                      "axis `" + entry.key + "` has \"" + item->text + "\" twice; remove one");
        continue;
      }
      axis.values.push_back(item->text);
    }
    matrix_.axes.push_back(std::move(axis));
  }

  std::vector<MatrixCell> ReadCells(const YamlNode::Entry& entry, bool new_axes) {
    std::vector<MatrixCell> cells;
    if (entry.value->kind != Kind::kList) {
      findings_.Add(entry.value->at, "E104",
                    "`" + entry.key + "` must be a list of maps such as [{cc: gcc, bits: 32}]");
      return cells;
    }
    if (entry.value->items.size() > kMaxCells) {
      findings_.Add(entry.at, "E206",
                    "`" + entry.key + "` has more than " + std::to_string(kMaxCells) +
                        " entries; a matrix has at most so many cells");
      return cells;
    }
    for (const YamlNodePtr& item : entry.value->items) {
      if (item->kind != Kind::kMap || item->entries.empty()) {
        findings_.Add(item->at, "E104",
                      "an entry of `" + entry.key + "` must be a map of axes to values");
        continue;
      }
      MatrixCell cell;
      for (const YamlNode::Entry& value : item->entries) {
        const bool named = new_axes ? IsAxisName(value.key, value.at) : IsAxis(value);
        if (named && IsValue(*value.value, value.key)) {
          cell.emplace_back(value.key, value.value->text);
        }
      }
      // One without a good name would fit all combinations.
      if (!cell.empty()) {
        cells.push_back(std::move(cell));
      }
    }
    return cells;
  }

  bool IsAxis(const YamlNode::Entry& value) {
    std::vector<std::string_view> names;
    for (const Matrix::Axis& axis : matrix_.axes) {
      names.push_back(axis.name);
    }
    if (std::find(names.begin(), names.end(), value.key) != names.end()) {
      return true;
    }
    findings_.Add(
        value.at, "E205",
        "the matrix has no axis `" + value.key + "` to leave out" + DidYouMean(value.key, names));
    return false;
  }

  Findings& findings_;
  Matrix matrix_;
};

}  // namespace

std::vector<MatrixCell> ReadMatrix(const YamlNode::Entry& entry, Findings& findings) {
  const Matrix matrix = MatrixReader(findings).Read(*entry.value);
  std::vector<MatrixCell> cells = CellsOf(matrix);
  if (cells.size() > kMaxCells) {
    findings.Add(entry.at, "E206",
                 "the matrix has more than " + std::to_string(kMaxCells) +
                     " cells; take values out, or split the pipeline");
    cells.resize(kMaxCells);
  }
  std::set<std::string> names;
  for (const MatrixCell& cell : cells) {
    if (!names.insert(NameOf(cell)).second) {
      findings.Add(entry.at, "E205",
                   "two cells of the matrix would be named (" + NameOf(cell) + "); change a value");
    }
  }
  if (cells.empty() && !matrix.axes.empty()) {
    findings.Add(entry.at, "E205", "`exclude` leaves nothing of the matrix");
  } else if (cells.empty() && entry.value->entries.empty()) {
    findings.Add(entry.value->at, "E205",
                 "the matrix is empty; write axes such as {cc: [gcc, clang]}");
  }
  return cells;
}

}  // namespace pipeline
