// The path of a request, taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runner::serve {

// "/runs/a%20b" is {"runs", "a b"}. Nothing for a broken escape or a part that could be a path of
// its own.
std::optional<std::vector<std::string>> SplitPath(std::string_view path);

}  // namespace runner::serve
