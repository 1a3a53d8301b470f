// What is said to a server of Git LFS (git-lfs, docs/api/batch.md): which objects are wanted, and
// how each is got.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/http.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

// One download by the transfer "basic": a GET.
struct LfsDownload {
  std::string href;           // a server's word
  base::HttpHeaders headers;  // for that address and no other
  // It isn't to be begun after that.
  std::optional<base::Clock::MonotonicTime> until;
};

inline constexpr size_t kMaxLfsBatch = 100;
inline constexpr char kLfsMediaType[] = "application/vnd.git-lfs+json";

// The body of the request.
std::string EncodeLfsBatch(const std::vector<LfsObject>& objects);

// The download of each object, by its oid, from the body of a 200. Throws Error that names the file
// of an object that can't be had: kNotFound, kPermission, kInvalid for an answer that isn't as it
// should be. `with_credential`: one was given to the server.
std::map<std::string, LfsDownload> DecodeLfsBatch(std::string_view body,
                                                  const std::vector<LfsObject>& objects,
                                                  bool with_credential, const base::Clock& clock);

// Why a server answered other than 200: its kind, and "it ... (403)" with what it says of it.
base::Error LfsStatusError(const base::HttpResponse& response, bool with_credential);

}  // namespace runtime::git
