// .gitmodules (gitmodules(5)), the two values of it that are used. Ours and not libgit2's: that one
// reads files, and others that they include.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace runtime::git {

// The address of each submodule, by its path. Sections and values that aren't of such a form, and
// all that git itself does with the others (commands, branches), are left out.
std::map<std::string, std::string> ParseGitmodules(std::string_view text);

}  // namespace runtime::git
