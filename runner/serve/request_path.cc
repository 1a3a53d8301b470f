#include "runner/serve/request_path.h"

#include <algorithm>

#include "webhooks/form.h"

namespace runner::serve {

std::optional<std::vector<std::string>> SplitPath(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const size_t end = std::min(path.find('/'), path.size());
    const auto part = webhooks::PercentDecode(path.substr(0, end), webhooks::Plus::kItself);
    if (!part || *part == "." || *part == ".." ||
        part->find_first_of(std::string_view("/\\\0", 3)) != std::string::npos) {
      return std::nullopt;
    }
    parts.push_back(*part);
    path.remove_prefix(end);
  }
  return parts;
}

}  // namespace runner::serve
