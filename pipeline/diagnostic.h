// Diagnostic: one finding in a pipeline file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

// One change of the text: at the place, `remove` becomes `insert`. Within one line.
struct Edit {
  int line = 0;
  int column = 0;  // in bytes, from 1
  std::string remove;
  std::string insert;
};

struct Diagnostic {
  std::string file;
  int line = 0;                // from 1
  int column = 0;              // from 1
  std::string code;            // stable: "E104"
  std::string message;         // what is wrong, what was expected, how to fix it
  std::vector<Edit> fix = {};  // what mends it without a thought; nothing where somebody must think
};

// "file:line:column CODE message", then the source line and a caret.
std::string Format(const Diagnostic& diagnostic, std::string_view source);

}  // namespace pipeline
