// Columns that text takes on a terminal, roughly: wide East Asian characters and emoji take two,
// combining marks none. Text is what base::ForTerminal gave; colour sequences take no column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace runner {

size_t DisplayWidth(std::string_view text);

// At most `columns`, with "..." at the end when something was cut and there is room for it. Colours
// that are open at the cut are ended.
std::string CutToWidth(std::string_view text, size_t columns);

// Spaces added on the right up to `columns`.
std::string PadTo(std::string_view text, size_t columns);

}  // namespace runner
