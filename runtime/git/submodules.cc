#include "runtime/git/submodules.h"

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/git/local_repository.h"
#include "runtime/git/submodule_url.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::ForMessage;

constexpr size_t kMaxInAll = 100;
constexpr size_t kMaxDepth = 10;

bool IsBeneath(const fs::path& path, const fs::path& directory) {
  const fs::path relative = path.lexically_relative(directory);
  return !relative.empty() && *relative.begin() != "..";
}

class SubmoduleCheckout {
 public:
  SubmoduleCheckout(const GitContainer& git, bool recursive, const GitContainer::Progress& progress,
                    const std::stop_token& stop)
      : git_(git), recursive_(recursive), progress_(progress), stop_(stop) {}

  void Add(const CheckoutRequest& parent, const CheckedOut& checkout, const std::string& prefix,
           size_t depth) {
    for (const Submodule& submodule : checkout.resolution.submodules) {
      const std::string path = prefix + submodule.path;
      base::WithContext("submodule " + ForMessage(path), [&] {
        if (placed_.size() >= kMaxInAll || depth >= kMaxDepth) {
          throw Error(ErrorKind::kInvalid,
                      "more than 100 submodules in all, or deeper than 10 inside each other");
        }
        progress_("submodule " + ForMessage(path));
        CheckoutRequest request = parent.local == LocalRepositories::kAllowed && IsLocal(parent)
                                      ? InWorkingTree(parent, submodule)
                                      : Remote(parent, submodule);
        request.submodules = recursive_;
        const CheckedOut made = git_.CheckOut(request, progress_, stop_);
        placed_.push_back({path, {made.layer}});
        if (request.lfs) {
          if (const auto lfs = git_.CheckOutLfs(request, made.layer, progress_, stop_)) {
            placed_.back().layers.push_back(*lfs);
          }
        }
        Add(request, made, path + "/", depth + 1);
      });
    }
  }

  std::vector<PlacedCheckout> Take() { return std::move(placed_); }

 private:
  static bool IsLocal(const CheckoutRequest& request) {
    return ParseRepositoryUrl(request.url, request.local).transport == Transport::kLocal;
  }

  static CheckoutRequest Remote(const CheckoutRequest& parent, const Submodule& submodule) {
    if (submodule.url.empty()) {
      throw Error(ErrorKind::kInvalid, ".gitmodules has no address for it");
    }
    CheckoutRequest request;
    request.url = SubmoduleUrl(parent.url, submodule.url);
    request.commit = submodule.commit;
    request.lfs = parent.lfs;
    request.limits = parent.limits;
    request.timeout = parent.timeout;
    return request;
  }

  // Its directory, and nothing that a link of the working tree leads to instead.
  static CheckoutRequest InWorkingTree(const CheckoutRequest& parent, const Submodule& submodule) {
    const LocalRepository repository =
        FindLocalRepository(ParseRepositoryUrl(parent.url, parent.local).path);
    if (repository.work_tree.empty()) {
      throw Error(ErrorKind::kUnsupported,
                  "a bare repository of this host has no files of it; clone from a server, or from "
                  "a working tree in which it is checked out");
    }
    const fs::path directory = repository.work_tree / submodule.path;
    std::error_code error;
    if (fs::canonical(directory, error) != directory || error || !fs::exists(directory / ".git")) {
      throw Error(ErrorKind::kNotFound,
                  "it isn't checked out in the working tree: git submodule update --init " +
                      ForMessage(submodule.path));
    }
    const LocalRepository own = FindLocalRepository(directory);
    if (own.work_tree != directory || (!IsBeneath(own.common_dir, repository.common_dir) &&
                                       !IsBeneath(own.common_dir, directory))) {
      throw Error(ErrorKind::kInvalid,
                  "its git directory is neither in it nor in that of the repository");
    }
    CheckoutRequest request = parent;
    request.url = directory;
    request.ref.clear();
    request.commit = parent.working_tree ? "" : submodule.commit;
    return request;
  }

  const GitContainer& git_;
  const bool recursive_;
  const GitContainer::Progress& progress_;
  const std::stop_token& stop_;
  std::vector<PlacedCheckout> placed_;
};

}  // namespace

std::vector<PlacedCheckout> CheckOutSubmodules(const GitContainer& git,
                                               const CheckoutRequest& request,
                                               const CheckedOut& checkout, bool recursive,
                                               const GitContainer::Progress& progress,
                                               const std::stop_token& stop) {
  SubmoduleCheckout submodules(git, recursive, progress, stop);
  submodules.Add(request, checkout, "", 0);
  return submodules.Take();
}

}  // namespace runtime::git
