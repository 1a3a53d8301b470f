#include "pipeline/fixes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "pipeline/pipeline_file.h"

namespace pipeline {
namespace {

// A fix can bring to light what it hid, a tab the tab behind it. Bounds the work for a file that is
// wrong from end to end.
constexpr int kMaxPasses = 100;

std::vector<size_t> LineStarts(std::string_view text) {
  std::vector<size_t> starts = {text.starts_with("\xEF\xBB\xBF") ? size_t{3} : size_t{0}};
  for (size_t end = text.find('\n'); end != std::string_view::npos;
       end = text.find('\n', end + 1)) {
    starts.push_back(end + 1);
  }
  return starts;
}

// The edits of one pass, by the offset where they begin. A finding's edits are taken all or none.
class Pass {
 public:
  explicit Pass(std::string_view text) : text_(text), starts_(LineStarts(text)) {}

  bool Take(const std::vector<Edit>& fix) {
    std::map<size_t, const Edit*> taken = edits_;
    for (const Edit& edit : fix) {
      const auto line = static_cast<size_t>(edit.line) - 1;
      if (edit.line < 1 || edit.column < 1 || line >= starts_.size()) {
        return false;
      }
      const size_t at = starts_[line] + static_cast<size_t>(edit.column) - 1;
      if (at > text_.size() || !text_.substr(at).starts_with(edit.remove) ||
          !taken.emplace(at, &edit).second) {
        return false;
      }
    }
    edits_ = std::move(taken);
    return !fix.empty();
  }

  std::string Apply() const {
    std::string result;
    size_t done = 0;
    for (const auto& [at, edit] : edits_) {
      if (at >= done) {
        result += text_.substr(done, at - done);
        result += edit->insert;
        done = at + edit->remove.size();
      }
    }
    return result + std::string(text_.substr(done));
  }

 private:
  std::string_view text_;
  std::vector<size_t> starts_;
  std::map<size_t, const Edit*> edits_;
};

}  // namespace

FixedText FixPipelineFile(std::string_view text) {
  FixedText fixed = {std::string(text), 0};
  for (int i = 0; i < kMaxPasses; ++i) {
    const ParsedFile parsed = ParsePipelineFile(fixed.text, "");
    Pass pass(fixed.text);
    const auto taken = std::count_if(parsed.diagnostics.begin(), parsed.diagnostics.end(),
                                     [&](const Diagnostic& d) { return pass.Take(d.fix); });
    if (taken == 0) {
      break;
    }
    fixed.text = pass.Apply();
    fixed.fixes += static_cast<size_t>(taken);
  }
  return fixed;
}

}  // namespace pipeline
