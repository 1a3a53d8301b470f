#include "runtime/git/submodule_url.h"

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/git/url_policy.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;

struct Parts {
  std::string_view host;  // "https://host:port/" or "user@host:"
  std::string_view path;
};

// Of an address that the policy accepts.
Parts Split(std::string_view url) {
  const size_t scheme_end = url.find("://");
  const size_t end =
      scheme_end == std::string_view::npos ? url.find(':') : url.find('/', scheme_end + 3);
  return {url.substr(0, end + 1), url.substr(end + 1)};
}

[[noreturn]] void RefuseSubmodule(std::string_view url, const std::string& why) {
  throw Error(ErrorKind::kUsage,
              "submodule address \"" + ForMessage(url.substr(0, 200)) + "\": " + why);
}

std::string Relative(const Parts& parent, std::string_view url) {
  std::string path(parent.path);
  const auto trim = [&] {
    while (path.ends_with('/')) {
      path.pop_back();
    }
  };
  trim();
  std::string_view rest = url;
  while (rest.starts_with("./") || rest.starts_with("../")) {
    const bool up = rest.starts_with("../");
    rest.remove_prefix(up ? 3 : 2);
    if (!up) {
      continue;
    }
    if (path.empty()) {
      RefuseSubmodule(url, "it leads out of the host of the repository");
    }
    const size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
    trim();
  }
  return std::string(parent.host) + path + (path.empty() ? "" : "/") + std::string(rest);
}

}  // namespace

std::string SubmoduleUrl(std::string_view parent, std::string_view url) {
  const Parts from = Split(parent);
  const bool relative = url.starts_with("./") || url.starts_with("../");
  std::string full = relative ? Relative(from, url) : std::string(url);
  ParseRepositoryUrl(full, LocalRepositories::kRefused);
  if (Split(full).host != from.host) {
    RefuseSubmodule(url, "it isn't on " + ForMessage(from.host.substr(0, from.host.size() - 1)) +
                             ", where the repository is; submodules are cloned from there alone");
  }
  if (Split(full).path.find("..") != std::string_view::npos) {
    RefuseSubmodule(url, "\"..\" belongs at its beginning only");
  }
  return full;
}

}  // namespace runtime::git
