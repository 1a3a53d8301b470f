// The JSON Schema of a pipeline file, for editors: made from the key table, so it knows the same
// keys, shapes and words as the linter. What a schema can't say (names of steps, expressions,
// paths) is the linter's alone.
#pragma once

#include <string>

namespace pipeline {

// Draft 7, which is what yaml-language-server takes. Ends with a newline.
std::string JsonSchema();

}  // namespace pipeline
