// Keeps a secret out of what is shown.
#pragma once

#include <string>
#include <string_view>

namespace runner {

// `text` with "***" in every place of `secret`. An empty secret is nowhere.
std::string Mask(std::string_view text, std::string_view secret);

}  // namespace runner
