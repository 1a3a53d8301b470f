// Globs over names with slashes: branches, tags, paths in a workspace.
#pragma once

#include <string_view>

namespace runtime::base {

// `*` and `?` stay within one part between slashes, `**` crosses them (a double star between two
// slashes also stands for no part at all), `[a-z]` and `[!a-z]` are one character, `\` takes the
// next one as it is. The whole text must match. Time grows with pattern length times text length,
// whatever the pattern.
bool GlobMatches(std::string_view pattern, std::string_view text);

}  // namespace runtime::base
