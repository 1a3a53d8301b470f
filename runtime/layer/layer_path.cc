#include "runtime/layer/layer_path.h"

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runtime::layer {
namespace {

[[noreturn]] void Refuse(std::string_view text, const std::string& why) {
  const std::string shown =
      base::ForMessage(text.substr(0, 200)) + (text.size() > 200 ? "..." : "");
  throw base::Error(base::ErrorKind::kInvalid, "entry \"" + shown + "\": " + why);
}

}  // namespace

LayerPath ParseLayerPath(std::string_view text, const PathLimits& limits) {
  if (text.empty()) {
    Refuse(text, "a name is missing");
  }
  if (text.size() > limits.max_path) {
    Refuse(text, "the path is longer than " + std::to_string(limits.max_path) + " bytes");
  }
  LayerPath path;
  size_t depth = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('/', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") {
      continue;
    }
    if (part == "..") {
      Refuse(text, "\"..\" in a path is refused");
    }
    if (part.size() > limits.max_name) {
      Refuse(text, "a name is longer than " + std::to_string(limits.max_name) + " bytes");
    }
    if (++depth > limits.max_depth) {
      Refuse(text, "more than " + std::to_string(limits.max_depth) + " directories deep");
    }
    if (depth > 2) {
      path.parent += '/';
    }
    path.parent += path.name;
    path.name = part;
  }
  return path;
}

}  // namespace runtime::layer
