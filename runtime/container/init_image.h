// InitImage: the bytes of runner-init, built into every program that starts containers.
#pragma once

#include <string_view>

namespace runtime::container {

std::string_view InitImage();

}  // namespace runtime::container
