// Which names a checkout may write.
#pragma once

#include <string_view>

namespace runtime::git {

// False for what can't be one path component ("", ".", "..", with "/" or NUL, longer than 255) and
// for every name that some file system takes for ".git", as git itself refuses them (git-config(1)
// core.protectHFS and core.protectNTFS): any case, trailing dots and spaces, "git~1", a stream
// suffix, Unicode characters that HFS+ ignores.
bool IsSafeEntryName(std::string_view name);

}  // namespace runtime::git
