// Findings: collects the diagnostics of one file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

class Findings {
 public:
  // `source` is the file's text and must outlive this object.
  Findings(std::string file, std::string_view source);

  // Does nothing where the same was said before: an alias or a default is read once for each step.
  void Add(Position at, std::string_view code, std::string message, std::vector<Edit> fix = {});
  // At byte `offset` of a scalar's text, as far as it can be found in the source again.
  void AddInText(const YamlNode& scalar, size_t offset, std::string_view code, std::string message);

  // While it lives, messages begin with `step "NAME": `.
  class InStep {
   public:
    InStep(Findings& findings, std::string_view name);
    InStep(const InStep&) = delete;
    InStep& operator=(const InStep&) = delete;
    ~InStep() { findings_.prefix_.clear(); }

   private:
    Findings& findings_;
  };

  // The change of `written`, which begins at the place or after a quote there. Nothing when the
  // source says it in another way.
  std::optional<Edit> Replace(Position at, std::string_view written, std::string text) const;
  // The source's line, from 1, without its end; empty where there is none.
  std::string_view LineOf(int line) const;

  bool empty() const { return diagnostics_.empty(); }
  // Nobody reads on after a hundred; what costs time to find may stop then.
  bool full() const { return diagnostics_.size() >= kMax; }
  // In the order of the file; at most a hundred and a line that says that there are more.
  std::vector<Diagnostic> Take();

 private:
  static constexpr size_t kMax = 100;

  std::string file_;
  std::vector<std::string_view> lines_;
  std::string prefix_;
  std::vector<Diagnostic> diagnostics_;
  size_t dropped_ = 0;
};

}  // namespace pipeline
