#include "runtime/git/lfs_server.h"

#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/http.h"
#include "runtime/base/terminal_text.h"
#include "runtime/git/url_policy.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;

bool IsWeb(const std::string& url) {
  const Transport transport = ParseRepositoryUrl(url, LocalRepositories::kRefused).transport;
  return transport == Transport::kHttps || transport == Transport::kHttp;
}

// "https://host/a/b.git/info/lfs" for "https://host/a/b", with or without ".git" and "/".
std::string UsualServer(std::string url) {
  while (url.ends_with('/')) {
    url.pop_back();
  }
  return url + (url.ends_with(".git") ? "" : ".git") + "/info/lfs";
}

LfsServer Checked(const std::string& repository, std::string url) {
  while (url.ends_with('/')) {
    url.pop_back();
  }
  const std::optional<base::Url> parsed = base::ParseUrl(url);
  if (!parsed) {
    throw Error(ErrorKind::kUsage, "the Git LFS server \"" + ForMessage(url.substr(0, 200)) +
                                       "\": that is no address by http or https");
  }
  const std::optional<base::Url> of = base::ParseUrl(repository);
  return {.url = url, .own = of && of->Origin() == parsed->Origin()};
}

}  // namespace

LfsServer FindLfsServer(const std::string& repository, const std::string& configured) {
  if (!configured.empty()) {
    return base::WithContext("the Git LFS server that is configured (lfs.url)", [&] {
      if (!IsWeb(configured)) {
        throw Error(ErrorKind::kUsage, "\"" + ForMessage(configured.substr(0, 200)) +
                                           "\": only https and http are understood");
      }
      return Checked(repository, configured);
    });
  }
  if (!IsWeb(repository)) {
    throw Error(ErrorKind::kUnsupported,
                "the repository is at " + ForMessage(repository.substr(0, 200)) +
                    ", and Git LFS by ssh (git-lfs-authenticate) or git isn't supported: clone it "
                    "by https, or name its https address as lfs.url in .lfsconfig; in a working "
                    "tree, `git lfs fetch` gets its files beforehand");
  }
  return Checked(repository, UsualServer(repository));
}

}  // namespace runtime::git
