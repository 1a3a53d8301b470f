// Carries out what diagnostics say about mending a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"

namespace pipeline {

struct FixedText {
  std::string text;
  size_t fixes = 0;  // how many findings were mended
};

// Applies every fix of a pipeline file's findings, those that come to light after the first ones
// too. Every byte that no fix names stays. Pure.
FixedText FixPipelineFile(std::string_view text);

}  // namespace pipeline
