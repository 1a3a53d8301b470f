#include "runner/run_checkout.h"

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/git/checkout_time.h"
#include "runtime/layer/copy.h"

namespace runner {

namespace git = runtime::git;
using pipeline::Checkout;
using pipeline::EventKind;
using pipeline::TriggerEvent;
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;

Checkout AsCheckout(const git::CheckedOut& checkout) {
  const git::Resolution& resolution = checkout.resolution;
  return {.workspace = {checkout.layer},
          .history = checkout.history.layer,
          .history_id = checkout.history.id,
          .commit = resolution.commit,
          .tree = resolution.tree,
          .commit_time = resolution.commit_time,
          .branch = resolution.branch,
          .title = resolution.title,
          .author = resolution.author};
}

// Tags and pull requests are of no branch that one could commit to.
bool IsDetached(const TriggerEvent& event) {
  return event.kind == EventKind::kPullRequest || event.kind == EventKind::kTag;
}

// Files that are others than those that the commit holds: git compares them as the image's filters
// say, once it looks at them.
bool HasFilteredFiles(const pipeline::CloneSpec& clone) {
  return clone.lfs || !clone.image.empty();
}

git::GitContainer::Progress ToLog(pipeline::StepLog& log) {
  return [&log](std::string_view line) { log.Line(pipeline::Stream::kRunner, line); };
}

// Of the directory and all above it up to the root, which other directories were put into.
void SetTimes(const fs::path& root, const fs::path& path) {
  for (fs::path at = path; !at.empty(); at = at.parent_path()) {
    git::SetCheckoutTime(root / at);
  }
  git::SetCheckoutTime(root);
}

}  // namespace

git::CheckoutRequest RunCheckout::RequestFor(const TriggerEvent& event) const {
  using git::LocalRepositories;
  git::CheckoutRequest request = {
      .url = instead_.empty() ? event.clone_url : instead_,
      .local = local_sources_ ? LocalRepositories::kAllowed : LocalRepositories::kRefused,
      .ref = instead_.empty() ? event.ref : "",
      .commit = event.commit,
      .working_tree = event.working_tree};
  if (credential_) {
    request.credential = credential_(request.url);
    // What a server was given it could send back, as a message or an error.
    for (const std::string& secret : {request.credential.password, request.credential.ssh_key}) {
      if (!secret.empty()) {
        masker_.Add(secret, "the clone's credential");
      }
    }
  }
  return request;
}

// The file that tells isn't read yet, but nearly every run wants its history, which later costs a
// container of its own.
Checkout RunCheckout::CheckOut(const TriggerEvent& event, pipeline::StepLog& log,
                               std::stop_token stop) const {
  const git::GitContainer container(host_, layers_);
  git::CheckoutRequest request = RequestFor(event);
  request.history = {.detached = IsDetached(event), .ahead = true};
  return AsCheckout(container.CheckOut(request, ToLog(log), std::move(stop)));
}

Checkout RunCheckout::CheckOutAs(const pipeline::CloneSpec& clone, const TriggerEvent& event,
                                 const Checkout& first, MissingHistory missing,
                                 const ByImage& by_image, pipeline::StepLog& log,
                                 const std::stop_token& stop) const {
  std::vector<git::PlacedCheckout> parts = {{clone.path, {first.workspace.at(0)}}};
  Checkout checkout = first;
  if (clone.submodules != pipeline::CloneSpec::Submodules::kNo || clone.lfs) {
    git::CheckoutRequest request = RequestFor(event);
    if (!request.working_tree) {
      request.commit = checkout.commit;  // The very one: a branch may have gone on.
    }
    AddToParts(clone, std::move(request), log, stop, checkout, parts);
  }
  git::CheckedOutHistory history;
  if (clone.history && !checkout.commit.empty()) {
    try {
      const bool there = clone.depth == 0 && !first.history.empty() &&
                         checkout.tree == first.tree && !HasFilteredFiles(clone);
      history = there ? git::CheckedOutHistory{first.history, first.history_id}
                      : History(clone, event, checkout, log, stop);
      parts[0].layers.push_back(history.layer);
    } catch (const base::Error& e) {
      if (missing == MissingHistory::kIsAnError || e.kind() == base::ErrorKind::kCancelled) {
        throw;
      }
      log.Line(pipeline::Stream::kRunner, "there is no .git: " + std::string(e.what()));
    }
  }
  // The files of a working tree were written by the git of whoever works on it.
  if (!clone.image.empty() && !event.working_tree) {
    if (history.layer.empty()) {
      throw base::Error(base::ErrorKind::kNotFound,
                        "`clone` has an `image`, whose git has nothing to read the files from");
    }
    parts[0].layers = {history.layer, by_image(clone.image, history.layer)};
  }
  checkout.history = history.layer;
  checkout.history_id = history.id;
  checkout.workspace = parts.size() > 1 || !clone.path.empty()
                           ? pipeline::WorkspaceLayers{Join(parts)}
                           : parts[0].layers;
  return checkout;
}

void RunCheckout::AddToParts(const pipeline::CloneSpec& clone, git::CheckoutRequest request,
                             pipeline::StepLog& log, const std::stop_token& stop,
                             Checkout& checkout, std::vector<git::PlacedCheckout>& parts) const {
  const git::GitContainer container(host_, layers_);
  request.lfs = clone.lfs;
  if (clone.submodules != pipeline::CloneSpec::Submodules::kNo) {
    request.submodules = true;
    const git::CheckedOut again = container.CheckOut(request, ToLog(log), stop);
    checkout = AsCheckout(again);
    parts[0].layers = {again.layer};
    const bool recursive = clone.submodules == pipeline::CloneSpec::Submodules::kRecursive;
    for (git::PlacedCheckout& part :
         git::CheckOutSubmodules(container, request, again, recursive, ToLog(log), stop)) {
      part.path = clone.path.empty() ? part.path : clone.path + "/" + part.path;
      parts.push_back(std::move(part));
    }
  }
  if (clone.lfs) {
    if (const auto lfs = container.CheckOutLfs(request, parts[0].layers[0], ToLog(log), stop)) {
      parts[0].layers.push_back(*lfs);
    }
  }
}

git::CheckedOutHistory RunCheckout::History(const pipeline::CloneSpec& clone,
                                            const TriggerEvent& event, const Checkout& checkout,
                                            pipeline::StepLog& log,
                                            const std::stop_token& stop) const {
  git::CheckoutRequest request = RequestFor(event);
  request.working_tree = false;
  request.commit = checkout.commit;
  request.history = {.depth = clone.depth,
                     .detached = IsDetached(event),
                     .branch = checkout.branch,
                     .tree = checkout.tree,
                     .filtered = HasFilteredFiles(clone)};
  return git::GitContainer(host_, layers_).CheckOutHistory(request, ToLog(log), stop);
}

runtime::layer::LayerId RunCheckout::Join(const std::vector<git::PlacedCheckout>& parts) const {
  std::string names;
  for (const git::PlacedCheckout& part : parts) {
    names += std::to_string(part.path.size()) + ":" + part.path;
    for (const runtime::layer::LayerId& layer : part.layers) {
      names += layer + "\n";
    }
  }
  runtime::layer::LayerId id = "clone-" + base::Digest::Of(names).hex();
  if (layers_.Has(id)) {
    return id;
  }
  base::TemporaryDirectory draft = layers_.NewDraft();
  const fs::path root = draft.path() / "fs";
  base::MakeDirectories(root, 0755);
  for (const git::PlacedCheckout& part : parts) {
    runtime::layer::LinkLayer(layers_.Stack(part.layers).lower, root,
                              part.path.empty() ? "/" : part.path);
  }
  for (const git::PlacedCheckout& part : parts) {
    SetTimes(root, part.path);
  }
  layers_.Publish(std::move(draft), id);
  return id;
}

std::optional<std::vector<std::string>> RunCheckout::ChangedPaths(const TriggerEvent& event,
                                                                  const Checkout& checkout,
                                                                  std::stop_token stop) const {
  git::ChangeBase since;
  if (event.kind == EventKind::kPullRequest) {
    since.ref = event.branch.empty() ? "" : "refs/heads/" + event.branch;
  } else {
    since.commit = event.before;
  }
  if (since.ref.empty() && since.commit.empty()) {
    return std::nullopt;
  }
  git::CheckoutRequest request = RequestFor(event);
  request.commit = checkout.commit;  // The very one: a branch may have gone on.
  request.working_tree = false;
  return git::GitContainer(host_, layers_)
      .ChangedPaths(
          request, since, [](std::string_view) {}, std::move(stop));
}

}  // namespace runner
