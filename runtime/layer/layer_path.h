// The name of an entry of a layer, checked and taken apart.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace runtime::layer {

// PATH_MAX and NAME_MAX of Linux; deeper or longer names can't be used by programs anyway.
struct PathLimits {
  size_t max_depth = 512;
  size_t max_path = 4095;
  size_t max_name = 255;
};

struct LayerPath {
  std::string parent;  // "" is the layer's root
  std::string name;    // "" together with an empty parent: the root itself
  std::string Join() const { return parent.empty() ? name : parent + "/" + name; }
};

// Drops leading and doubled slashes and ".". Throws Error (kInvalid) for "..", for an empty name,
// and for what breaks a limit, naming it.
LayerPath ParseLayerPath(std::string_view text, const PathLimits& limits);

}  // namespace runtime::layer
