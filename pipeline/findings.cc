#include "pipeline/findings.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace pipeline {
namespace {

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);  // columns count from behind the mark of UTF-8
  }
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

Findings::Findings(std::string file, std::string_view source)
    : file_(std::move(file)), lines_(SplitLines(source)) {}

std::string_view Findings::LineOf(int line) const {
  const auto index = static_cast<size_t>(line) - 1;
  return line >= 1 && index < lines_.size() ? lines_[index] : std::string_view();
}

std::optional<Edit> Findings::Replace(Position at, std::string_view written,
                                      std::string text) const {
  const std::string_view line = LineOf(at.line);
  size_t begin = static_cast<size_t>(std::max(at.column, 1)) - 1;
  if (begin < line.size() && (line[begin] == '"' || line[begin] == '\'')) {
    ++begin;
  }
  if (begin > line.size() || !line.substr(begin).starts_with(written)) {
    return std::nullopt;
  }
  return Edit{at.line, static_cast<int>(begin) + 1, std::string(written), std::move(text)};
}

void Findings::Add(Position at, std::string_view code, std::string message, std::vector<Edit> fix) {
  const bool known =
      std::any_of(diagnostics_.begin(), diagnostics_.end(), [&](const Diagnostic& said) {
        return said.line == at.line && said.column == at.column && said.code == code &&
               said.message.ends_with(message);
      });
  if (known) {
    return;
  }
  if (full()) {
    ++dropped_;
    return;
  }
  diagnostics_.push_back(
      {file_, at.line, at.column, std::string(code), prefix_ + message, std::move(fix)});
}

void Findings::AddInText(const YamlNode& scalar, size_t offset, std::string_view code,
                         std::string message) {
  const std::string_view before = std::string_view(scalar.text).substr(0, offset);
  const size_t begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view line = std::string_view(scalar.text).substr(begin);
  const std::string_view written = line.substr(0, line.find('\n'));
  const auto lines_before = static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  // A quoted or plain scalar begins on its own line, a block on the next; folding may move both.
  for (const int line_number : {scalar.at.line + lines_before, scalar.at.line + lines_before + 1}) {
    const size_t from =
        line_number == scalar.at.line ? static_cast<size_t>(scalar.at.column) - 1 : 0;
    const size_t found = LineOf(line_number).find(written, from);
    if (found != std::string_view::npos) {
      Add({line_number, static_cast<int>(found + offset - begin) + 1}, code, std::move(message));
      return;
    }
  }
  Add(scalar.at, code, std::move(message));
}

Findings::InStep::InStep(Findings& findings, std::string_view name) : findings_(findings) {
  findings_.prefix_ = "step \"" + std::string(name) + "\": ";
}

std::vector<Diagnostic> Findings::Take() {
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
  // What two readers of one place have found.
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.line, a.column, a.code, a.message) ==
           std::tie(b.line, b.column, b.code, b.message);
  };
  diagnostics_.erase(std::unique(diagnostics_.begin(), diagnostics_.end(), same),
                     diagnostics_.end());
  if (dropped_ > 0) {
    const Diagnostic& last = diagnostics_.back();
    diagnostics_.push_back({file_, last.line, last.column, "E199",
                            std::to_string(dropped_) + " more findings are not shown"});
  }
  return std::move(diagnostics_);
}

}  // namespace pipeline
