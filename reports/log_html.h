// Log text as HTML: escaped, its colours as CSS classes.
#pragma once

#include <string_view>

#include "reports/html.h"

namespace reports {

// Adds one line. Of the colour sequences (ECMA-48 "SGR") bold, underline and the 16 colours become
// spans with the classes b, u, f0-f15 and g0-g15 (background); the rest is dropped.
void AddLogText(HtmlWriter& out, std::string_view text);

}  // namespace reports
