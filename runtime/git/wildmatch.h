// Glob patterns as gitignore(5) has them, in time that no pattern can blow up.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runtime::git {

// One component: "*", "?", "[a-z]", "[!a-z]", "[[:digit:]]", "\" before a character that stands
// for itself. A bracket without its end matches nothing.
bool MatchComponent(std::string_view pattern, std::string_view name);

// A pattern and a path in components: "**" stands for any number of components, as the last one
// for at least one.
bool MatchPath(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path);

}  // namespace runtime::git
