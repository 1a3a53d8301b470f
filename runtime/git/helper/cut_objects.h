// Objects that were cut short, as a full disk or a loss of power leaves them: libgit2 (1.5) waits
// for the rest of such a file without an end.
#pragma once

#include <git2.h>

namespace runtime::git {

// From now on, to read a loose object of the repository that was cut short is an error. Throws
// Error.
void RefuseCutObjects(git_repository* repository);

}  // namespace runtime::git
