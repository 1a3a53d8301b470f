// Where the objects of a repository's Git LFS files are asked for (git-lfs,
// docs/api/server-discovery.md).
#pragma once

#include <string>
#include <string_view>

namespace runtime::git {

struct LfsServer {
  std::string url;   // http or https; "/objects/batch" is asked
  bool own = false;  // on the origin (scheme, host and port) of the repository
};

// Of the repository at the address `repository`, one that url_policy.h accepts: `configured`, or
// where that is empty REPOSITORY.git/info/lfs. A configured one may be a stranger's word: it must
// be http or https, and is another's unless it is on the repository's origin. Throws Error: kUsage
// for a configured address that isn't accepted, kUnsupported where a repository by ssh or git has
// none.
LfsServer FindLfsServer(const std::string& repository, const std::string& configured);

}  // namespace runtime::git
