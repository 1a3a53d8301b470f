// Which repository addresses we use, and for whom.
//
//   https://host[:port]/path   http://...   git://...      anybody
//   ssh://[user@]host[:port]/path   user@host:path         anybody
//   /path   file:///path                                   only where the caller allows local ones
//
// Everything else is refused: other transports (ext::, fd::, ftp), text that a program could take
// for an option, user names and passwords in a web URL (they would end in logs; use a credential),
// control characters, plain or percent-encoded (CVE-2024-52006 and its like).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace runtime::git {

enum class Transport { kHttps, kHttp, kGit, kSsh, kLocal };

struct RepositoryUrl {
  Transport transport = Transport::kHttps;
  std::string text;            // as given
  std::filesystem::path path;  // only for kLocal: absolute
};

enum class LocalRepositories { kRefused, kAllowed };

// Throws Error (kUsage) that says what is wrong with `text`.
RepositoryUrl ParseRepositoryUrl(std::string_view text, LocalRepositories local);

}  // namespace runtime::git
