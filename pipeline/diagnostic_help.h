// What each code of a finding means: the table that `runner lint --explain` shows.
// docs/pipeline-diagnostics.md has the same one; a test compares them.
#pragma once

#include <span>
#include <string_view>

namespace pipeline {

struct CodeHelp {
  std::string_view code;  // "E104"
  std::string_view what;  // is wrong
  std::string_view advice;
};
std::span<const CodeHelp> CodeHelps();
// Null when there is no such code.
const CodeHelp* FindCodeHelp(std::string_view code);

}  // namespace pipeline
