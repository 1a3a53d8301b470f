// Where a submodule is cloned from: .gitmodules is a stranger's word.
#pragma once

#include <string>
#include <string_view>

namespace runtime::git {

// `url` of .gitmodules, relative ones ("../lib.git", as git-submodule(1) has them) taken from
// `parent`, the remote address of the repository that names it. Only an address on the very host,
// port and transport that `parent` is on is given: everything else would have a stranger choose
// whom the git container talks to. Throws Error (kUsage) that says so.
std::string SubmoduleUrl(std::string_view parent, std::string_view url);

}  // namespace runtime::git
