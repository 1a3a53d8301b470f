// What a repository on this host stands on, as far as its plain files say it: no object is read.
#pragma once

#include <string>

#include "runtime/git/local_repository.h"

namespace runner {

struct GitHead {
  std::string branch;  // short name; empty when HEAD is a commit
  std::string commit;  // hex; empty before the first commit
};

// Throws Error when HEAD can't be read or isn't what gitrepository-layout(5) says.
GitHead ReadGitHead(const runtime::git::LocalRepository& repository);

}  // namespace runner
