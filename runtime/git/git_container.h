// GitContainer: a commit (or a working tree) of a repository becomes a layer.
//
//   GitContainer git(host, layers);
//   CheckedOut checkout = git.CheckOut({.url = "https://example.com/a/b.git", .commit = "..."},
//                                      progress, stop);
//   // checkout.layer == "git-" + checkout.resolution.tree
//
// All of git happens in a container of its own whose root file system holds our helper and the CA
// certificates; it alone gets the credential and, for a remote repository, the network. A remote
// repository has a mirror cache (ROOT/git/HEX); a local one is read in place, read-only.
//
// The layer holds the files of the tree as they are stored, without .git (output_tree.h says what
// else it looks like). A tree that is a layer already is never written again, and of one that is
// much like an earlier one of the repository only the difference is written (checkout_bases.h).
//
// The commit's history is a layer of its own, to be put on top: a `.git` directory (helper/
// history.h), "history-HEX", by what is in it. When it is whole, its packs are links to the
// mirror's, which for that purpose a local repository has too.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "runtime/base/files.h"
#include "runtime/container/host.h"
#include "runtime/git/conversation.h"
#include "runtime/git/helper_layer.h"
#include "runtime/git/lfs_store.h"
#include "runtime/git/protocol.h"
#include "runtime/git/url_policy.h"
#include "runtime/layer/layer_store.h"

namespace runtime::git {

struct CheckoutRequest {
  std::string url;  // as url_policy.h says
  LocalRepositories local = LocalRepositories::kRefused;
  std::string ref;            // "refs/heads/main"; empty: the repository's HEAD
  std::string commit;         // 40 hex digits, or a branch or tag, or (local) any revision
  bool working_tree = false;  // local: the files as they are now, without the ignored ones
  bool submodules = false;    // the resolution names them (submodules.h checks them out)
  bool lfs = false;           // submodules too have files of Git LFS (CheckOutLfs)
  std::optional<HistoryOrder> history = {};  // the history's layer too
  Credential credential = {};
  CheckoutLimits limits = {};
  std::chrono::milliseconds timeout{30 * 60 * 1000};
};

// The `.git` of a commit. Both are empty when there is none.
struct CheckedOutHistory {
  layer::LayerId layer;
  std::string id;  // 64 hex digits, by the commits, the tags and the branch alone
};

struct CheckedOut {
  layer::LayerId layer;
  CheckedOutHistory history;  // when it was asked for
  Resolution resolution;
  bool reused = false;  // the layer was there before
};

// What changes are counted from: one of both.
struct ChangeBase {
  std::string commit;  // 40 hex digits
  std::string ref;     // "refs/heads/main": from where the commit left it
};

// Thread-safe; several processes may work on the same state directory: one at a time uses a mirror,
// the others wait. Calls return on the thread that made them.
class GitContainer {
 public:
  using Progress = std::function<void(std::string_view line)>;

  // Both are borrowed. `helper`: the program runner-git.
  GitContainer(container::Host& host, const layer::LayerStore& layers,
               std::filesystem::path helper = FindHelper());

  // `progress` gets lines that are safe to show, from another thread. Throws Error: kUsage for a
  // request that is refused, kNotFound, kPermission (login, certificate, host key), kInvalid (a
  // broken or too large repository), kUnavailable (network, timeout), kCancelled (stop).
  CheckedOut CheckOut(const CheckoutRequest& request, const Progress& progress,
                      std::stop_token stop) const;

  // The layer of what stands behind the pointers of Git LFS in the checkout `tree`, to be put on
  // top of it: "lfs-HEX", by these files alone. Nothing when there are none. What was got before
  // for this repository isn't fetched again (lfs_store.h); the others come from the request's
  // repository, a local one's as far as it has them, or from the server that lfs_server.h tells.
  // The same errors; those of one object name its file.
  std::optional<layer::LayerId> CheckOutLfs(const CheckoutRequest& request,
                                            const layer::LayerId& tree, const Progress& progress,
                                            std::stop_token stop) const;

  // The history's layer alone, as the request orders it. The same errors.
  CheckedOutHistory CheckOutHistory(const CheckoutRequest& request, const Progress& progress,
                                    std::stop_token stop) const;

  // The paths that the commit of `request` changed. Nothing when there is nothing to count from
  // any more, or more than 100,000 of them. The same errors.
  ChangedPathList ChangedPaths(const CheckoutRequest& request, const ChangeBase& since,
                               const Progress& progress, std::stop_token stop) const;

 private:
  // A mirror that was fetched with a credential is another one than the public's: who has none must
  // not read what was fetched with it.
  static std::string RepositoryName(const CheckoutRequest& request);

  base::FileLock Lock(const std::string& name, const Progress& progress,
                      const std::stop_token& stop) const;

  // Directories for what the helper writes; an empty path: it is given none.
  struct Places {
    std::filesystem::path out = {};
    std::filesystem::path history = {};
    std::filesystem::path mirror = {};
  };
  // The mirror of the request's repository, and the right to use it.
  struct HeldMirror {
    std::filesystem::path directory;
    std::optional<base::FileLock> lock;
  };
  // Empty for a repository that is read in place, unless its whole history is asked for.
  HeldMirror Hold(const CheckoutRequest& request, const Progress& progress,
                  const std::stop_token& stop) const;

  // `helper`: what is asked for beside `request`.
  ConversationEnd Talk(const CheckoutRequest& request, HelperRequest helper, const Places& places,
                       const ConversationHandlers& handlers, std::stop_token stop) const;

  // The layer of what the helper says that the history is.
  static layer::LayerId HistoryLayer(const CheckoutRequest& request, const Resolution& resolution);
  // Publishes what the helper wrote.
  void PublishHistory(const CheckoutRequest& request, const Resolution& resolution,
                      base::TemporaryDirectory draft, const HeldMirror& mirror) const;

  // The objects that the store lacks, in parts that fit into one order.
  void FetchLfs(const CheckoutRequest& request, const std::string& configured_server,
                const std::vector<LfsObject>& wanted, const LfsStore& store,
                const Progress& progress, const std::stop_token& stop) const;

  container::Host& host_;
  const layer::LayerStore& layers_;
  std::filesystem::path helper_;
};

}  // namespace runtime::git
