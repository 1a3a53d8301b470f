#include "runtime/git/git_container.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/rootless.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/container_directory.h"
#include "runtime/git/checkout_bases.h"
#include "runtime/git/checkout_time.h"
#include "runtime/git/conversation.h"
#include "runtime/git/local_repository.h"
#include "runtime/layer/copy.h"

namespace runtime::git {
namespace fs = std::filesystem;
namespace {

using base::Error;

constexpr uint64_t kMemory = 2ull << 30;
constexpr uint32_t kProcesses = 64;

// The layer that the helper says it built upon; empty for none.
layer::LayerId LayerBelow(const WrittenTree& written, const std::vector<CheckoutBase>& offered) {
  if (written.base.empty()) {
    return "";
  }
  if (std::none_of(offered.begin(), offered.end(),
                   [&](const CheckoutBase& base) { return base.tree == written.base; })) {
    throw Error(base::ErrorKind::kInvalid, "the git helper built upon a tree of its own choice");
  }
  return CheckoutLayer(written.base);
}

// The packs that have an index: what a fetch left half done has none. Copies where the file system
// has no links, or no more.
void LinkPacks(const fs::path& from, const fs::path& to) {
  const base::UniqueFd source = base::OpenDirectory(from);
  const base::UniqueFd target = base::OpenDirectory(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    const std::string name = entry.path().filename();
    const fs::path other =
        fs::path(entry).replace_extension(name.ends_with(".idx") ? ".pack" : ".idx");
    if ((name.ends_with(".idx") || name.ends_with(".pack")) &&
        fs::is_regular_file(entry.symlink_status()) && fs::exists(fs::symlink_status(other)) &&
        ::linkat(source.get(), name.c_str(), target.get(), name.c_str(), 0) != 0) {
      layer::CopyTree(source.get(), name, target.get(), name);
    }
  }
}

base::TemporaryDirectory NewDraft(const layer::LayerStore& layers) {
  base::TemporaryDirectory draft = layers.NewDraft();
  base::MakeDirectories(draft.path() / "fs", 0755);
  return draft;
}

container::ContainerSpec BaseSpec(const CheckoutRequest& request, const std::string& id,
                                  layer::Snapshot rootfs) {
  container::ContainerSpec spec;
  spec.id = id;
  spec.hostname = "git";
  spec.rootfs = std::move(rootfs);
  spec.read_only = true;
  spec.tmpfs.push_back({.target = kHomeDirectory, .size_bytes = 1u << 20});
  spec.argv = {kHelperProgram};
  spec.env = {std::string("HOME=") + kHomeDirectory};
  // A working tree's files may be readable to their owner only.
  spec.capabilities = {"DAC_READ_SEARCH"};
  spec.limits.memory_bytes = kMemory;
  spec.limits.if_possible = !base::InInitialUserNamespace();
  spec.limits.pids = kProcesses;
  spec.timeout = request.timeout;
  spec.grace = std::chrono::seconds(1);
  return spec;
}

// Mounts the repository and says where the helper finds it.
void MountLocal(const LocalRepository& repository, container::ContainerSpec& spec,
                HelperRequest& request) {
  const auto mount = [&](const fs::path& source, const char* target) {
    spec.binds.push_back({.source = source, .target = target, .read_only = true});
  };
  const auto inside = [](const fs::path& path, const fs::path& top, const char* target) {
    const fs::path relative = path.lexically_relative(top);
    return relative == "." ? fs::path(target) : target / relative;
  };
  if (!repository.work_tree.empty()) {
    mount(repository.work_tree, kSourceDirectory);
    request.work_tree = kSourceDirectory;
  }
  const fs::path in_work_tree = repository.git_dir.lexically_relative(repository.work_tree);
  if (!repository.work_tree.empty() && repository.common_dir == repository.git_dir &&
      in_work_tree == ".git") {
    request.git_dir = std::string(kSourceDirectory) + "/.git";
    return;
  }
  mount(repository.common_dir, kGitDirectory);
  const fs::path relative = repository.git_dir.lexically_relative(repository.common_dir);
  if (relative.empty() || *relative.begin() == "..") {
    throw Error(base::ErrorKind::kInvalid, "worktree " + repository.git_dir.string() +
                                               " isn't inside of " +
                                               repository.common_dir.string());
  }
  request.git_dir = inside(repository.git_dir, repository.common_dir, kGitDirectory);
}

}  // namespace

std::string GitContainer::RepositoryName(const CheckoutRequest& request) {
  const RepositoryUrl url = ParseRepositoryUrl(request.url, request.local);
  if (url.transport == Transport::kLocal) {
    return base::Digest::Of("local\n" + FindLocalRepository(url.path).common_dir.string()).hex();
  }
  return base::Digest::Of(request.url + (request.credential.empty() ? "" : "\nwith a credential"))
      .hex();
}

GitContainer::GitContainer(container::Host& host, const layer::LayerStore& layers, fs::path helper)
    : host_(host), layers_(layers), helper_(std::move(helper)) {}

base::FileLock GitContainer::Lock(const std::string& name, const Progress& progress,
                                  const std::stop_token& stop) const {
  const fs::path file = host_.state().locks() / name;
  if (std::optional<base::FileLock> lock = base::FileLock::TryLock(file)) {
    return std::move(*lock);
  }
  progress("waiting for another run that fetches the same repository");
  return base::FileLock(file, stop);
}

GitContainer::HeldMirror GitContainer::Hold(const CheckoutRequest& request,
                                            const Progress& progress,
                                            const std::stop_token& stop) const {
  const bool local = ParseRepositoryUrl(request.url, request.local).transport == Transport::kLocal;
  if (local && (!request.history || request.history->depth > 0)) {
    return {};
  }
  const std::string name = RepositoryName(request);
  HeldMirror mirror{host_.state().git() / name, Lock("git-" + name, progress, stop)};
  base::MakeDirectories(mirror.directory);
  return mirror;
}

ConversationEnd GitContainer::Talk(const CheckoutRequest& request, HelperRequest helper,
                                   const Places& places, const ConversationHandlers& handlers,
                                   std::stop_token stop) const {
  const RepositoryUrl url = ParseRepositoryUrl(request.url, request.local);
  const container::ContainerDirectory directory(host_);
  container::ContainerSpec spec =
      BaseSpec(request, directory.id(), layers_.Stack(EnsureHelperLayers(layers_, helper_)));
  for (const auto& [source, target] :
       {std::pair(places.out, kOutDirectory), std::pair(places.history, kHistoryDirectory),
        std::pair(places.mirror, kMirrorDirectory)}) {
    if (!source.empty()) {
      spec.binds.push_back({.source = source, .target = target, .read_only = false});
    }
  }
  helper.ref = request.ref;
  helper.commit = request.commit;
  helper.working_tree = request.working_tree;
  helper.submodules = request.submodules;
  helper.history = request.history;
  helper.limits = request.limits;
  if (url.transport == Transport::kLocal) {
    MountLocal(FindLocalRepository(url.path), spec, helper);
  } else {
    helper.url = request.url;
    helper.credential = request.credential;
    helper.certificates = kCertificatesFile;
    spec.network = container::Network::kHost;
  }
  return Converse(host_, spec, helper, handlers, std::move(stop));
}

CheckedOut GitContainer::CheckOut(const CheckoutRequest& request, const Progress& progress,
                                  std::stop_token stop) const {
  return base::WithContext("check out " + base::ForMessage(request.url), [&] {
    base::TemporaryDirectory draft = NewDraft(layers_);
    base::TemporaryDirectory history = NewDraft(layers_);
    CheckoutBases bases(layers_, host_.state().git() / (RepositoryName(request) + ".trees"));
    HelperRequest helper;
    helper.bases = bases.Offer(request.limits);
    const HeldMirror mirror = Hold(request, progress, stop);
    const ConversationHandlers handlers{
        .wants =
            [&](const Resolution& resolution) {
              return Wanted{.files = !layers_.Has(CheckoutLayer(resolution.tree)),
                            .history = !resolution.history.empty() &&
                                       !layers_.Has(HistoryLayer(request, resolution))};
            },
        .progress = progress};
    const ConversationEnd end = Talk(
        request, helper,
        {.out = draft.path() / "fs", .history = history.path() / "fs", .mirror = mirror.directory},
        handlers, stop);
    const std::string& tree = end.resolution.tree;
    if (end.written) {
      layers_.Publish(std::move(draft), CheckoutLayer(tree),
                      LayerBelow(*end.written, helper.bases));
      // What is in no commit isn't there any more when the next one is compared with it.
      if (!request.working_tree || !end.written->base.empty()) {
        bases.Note(tree, *end.written);
      }
    }
    if (end.wrote_history) {
      PublishHistory(request, end.resolution, std::move(history), mirror);
    }
    return CheckedOut{.layer = CheckoutLayer(tree),
                      .history = {HistoryLayer(request, end.resolution), end.resolution.history},
                      .resolution = end.resolution,
                      .reused = !end.written.has_value()};
  });
}

CheckedOutHistory GitContainer::CheckOutHistory(const CheckoutRequest& request,
                                                const Progress& progress,
                                                std::stop_token stop) const {
  return base::WithContext("history of " + base::ForMessage(request.url), [&] {
    base::TemporaryDirectory draft = NewDraft(layers_);
    const HeldMirror mirror = Hold(request, progress, stop);
    const ConversationHandlers handlers{
        .wants =
            [&](const Resolution& resolution) {
              if (resolution.history.empty()) {
                throw Error(base::ErrorKind::kNotFound,
                            "the repository has no commit yet, and so no history");
              }
              return Wanted{.history = !layers_.Has(HistoryLayer(request, resolution))};
            },
        .progress = progress};
    const ConversationEnd end = Talk(
        request, {}, {.history = draft.path() / "fs", .mirror = mirror.directory}, handlers, stop);
    if (end.wrote_history) {
      PublishHistory(request, end.resolution, std::move(draft), mirror);
    }
    return CheckedOutHistory{HistoryLayer(request, end.resolution), end.resolution.history};
  });
}

// The helper reads what a stranger sent: it names no layer of another repository.
layer::LayerId GitContainer::HistoryLayer(const CheckoutRequest& request,
                                          const Resolution& resolution) {
  if (resolution.history.empty()) {
    return "";
  }
  return "history-" + base::Digest::Of(RepositoryName(request) + "\n" + resolution.history).hex();
}

void GitContainer::PublishHistory(const CheckoutRequest& request, const Resolution& resolution,
                                  base::TemporaryDirectory draft, const HeldMirror& mirror) const {
  if (request.history && request.history->depth == 0) {
    const fs::path packs = draft.path() / "fs" / ".git" / "objects" / "pack";
    LinkPacks(mirror.directory / "objects" / "pack", packs);
    SetCheckoutTime(packs);
  }
  layers_.Publish(std::move(draft), HistoryLayer(request, resolution));
}

ChangedPathList GitContainer::ChangedPaths(const CheckoutRequest& request, const ChangeBase& since,
                                           const Progress& progress, std::stop_token stop) const {
  return base::WithContext("ask what changed in " + base::ForMessage(request.url), [&] {
    HelperRequest helper;
    helper.since = since.commit;
    helper.base_ref = since.ref;
    const HeldMirror mirror = Hold(request, progress, stop);
    return Talk(request, helper, {.mirror = mirror.directory},
                {.wants = nullptr, .progress = progress}, stop)
        .changed;
  });
}

}  // namespace runtime::git
