// GitContainer's part of Git LFS: from the pointers of a checkout to the layer of their files.
#include <algorithm>
#include <map>
#include <set>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/git/checkout_time.h"
#include "runtime/git/git_container.h"
#include "runtime/git/lfs_files.h"
#include "runtime/git/lfs_server.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::ForMessage;

constexpr size_t kMaxShownFile = 120;  // kMaxLfsOrder of them fit into kMaxLine

// The end of a long path tells more than its beginning.
std::string ShownPath(const std::string& path) {
  return path.size() <= kMaxShownFile
             ? ForMessage(path)
             : "..." + ForMessage(path.substr(path.size() - kMaxShownFile));
}

LfsObject ObjectOf(const LfsFile& file) {
  return {.oid = file.pointer.oid, .size = file.pointer.size, .file = ShownPath(file.path)};
}

// Who may not read the objects of a repository mustn't find them by naming them in a tree of his
// own: so the repository is part of the name.
layer::LayerId LfsLayer(const std::string& repository, const std::vector<LfsFile>& files) {
  std::string names = repository + "\n";
  for (const LfsFile& file : files) {
    names += std::to_string(file.path.size()) + ":" + file.path + " " + file.pointer.oid + " " +
             std::to_string(file.pointer.size) + (file.executable ? " x\n" : "\n");
  }
  return "lfs-" + base::Digest::Of(names).hex();
}

// Once each, and none of empty files.
std::vector<LfsObject> ObjectsOf(const std::vector<LfsFile>& files) {
  std::map<std::string, LfsObject> objects;
  for (const LfsFile& file : files) {
    const auto [object, added] = objects.try_emplace(file.pointer.oid, ObjectOf(file));
    if (!added && object->second.size != file.pointer.size) {
      throw Error(ErrorKind::kInvalid, object->second.file + " and " + ObjectOf(file).file +
                                           " name one object of Git LFS with two sizes");
    }
  }
  std::vector<LfsObject> list;
  for (auto& [oid, object] : objects) {
    if (object.size > 0) {
      list.push_back(std::move(object));
    }
  }
  return list;
}

// `root`: empty, and nobody else's. The names are those of a checkout, which are plain.
void PlaceFiles(const std::vector<LfsFile>& files, const LfsStore& store, const fs::path& root) {
  std::set<fs::path> directories = {root};
  for (const LfsFile& file : files) {
    const fs::path path = root / file.path;
    for (fs::path at = path.parent_path(); directories.insert(at).second; at = at.parent_path()) {
    }
    base::MakeDirectories(path.parent_path(), 0755);
    if (file.pointer.size > 0) {
      store.Place(ObjectOf(file), file.executable, path);
      continue;
    }
    base::WriteFileAtomically(path, "", base::Durability::kNoFlush, file.executable ? 0755 : 0644);
    SetCheckoutTime(path);
  }
  for (const fs::path& directory : directories) {
    fs::permissions(directory, fs::perms(0755));
    SetCheckoutTime(directory);
  }
}

// "https://user:password@host/": it would end in a message.
bool HasLogin(const std::string& url) {
  const size_t scheme_end = url.find("://");
  return scheme_end != std::string::npos && !url.starts_with("ssh:") &&
         url.substr(0, url.find('/', scheme_end + 3)).find('@') != std::string::npos;
}

// The repository that a local one was cloned from.
CheckoutRequest OriginOf(const CheckoutRequest& local, const LfsAnswer& answer,
                         const LfsObject& first) {
  const std::string what = first.file + " isn't among the Git LFS objects of the repository, and ";
  const std::string help = "; `git lfs fetch` there gets it";
  if (answer.origin.empty()) {
    throw Error(ErrorKind::kNotFound, what + "it has no remote \"origin\"" + help);
  }
  if (HasLogin(answer.origin)) {
    throw Error(ErrorKind::kUnsupported,
                what + "the address of its remote \"origin\" has a login in it" + help);
  }
  CheckoutRequest request;
  request.url = answer.origin;
  request.limits = local.limits;
  request.timeout = local.timeout;
  base::WithContext(what + "its remote \"origin\" can't be asked" + help,
                    [&] { ParseRepositoryUrl(request.url, LocalRepositories::kRefused); });
  return request;
}

}  // namespace

void GitContainer::FetchLfs(const CheckoutRequest& request, const std::string& configured_server,
                            const std::vector<LfsObject>& wanted, const LfsStore& store,
                            const Progress& progress, const std::stop_token& stop) const {
  const bool local = ParseRepositoryUrl(request.url, request.local).transport == Transport::kLocal;
  HelperRequest helper;
  LfsOrder& order = helper.lfs.emplace();
  if (!local) {
    const LfsServer server = FindLfsServer(request.url, configured_server);
    order.server = server.url;
    order.own_server = server.own;
  }
  const ConversationHandlers handlers{.wants = nullptr, .progress = progress};
  for (size_t begin = 0; begin < wanted.size(); begin += kMaxLfsOrder) {
    const size_t end = std::min(begin + kMaxLfsOrder, wanted.size());
    order.objects.assign(wanted.begin() + static_cast<ptrdiff_t>(begin),
                         wanted.begin() + static_cast<ptrdiff_t>(end));
    const base::TemporaryDirectory out(host_.state().tmp(), "lfs");
    const LfsAnswer answer = Talk(request, helper, {.out = out.path()}, handlers, stop).objects;
    store.Take(out.path(), order.objects);
    std::vector<LfsObject> missing;
    std::copy_if(order.objects.begin(), order.objects.end(), std::back_inserter(missing),
                 [&](const LfsObject& object) { return !store.Has(object); });
    if (missing.empty()) {
      continue;
    }
    if (!local) {
      throw Error(ErrorKind::kInternal, "the git container didn't bring " + missing.front().file);
    }
    const CheckoutRequest origin = OriginOf(request, answer, missing.front());
    base::WithContext("what its .git/lfs lacks (`git lfs fetch` there gets it), from its origin",
                      [&] {
                        FetchLfs(origin, answer.server.empty() ? configured_server : answer.server,
                                 missing, store, progress, stop);
                      });
  }
}

std::optional<layer::LayerId> GitContainer::CheckOutLfs(const CheckoutRequest& request,
                                                        const layer::LayerId& tree,
                                                        const Progress& progress,
                                                        std::stop_token stop) const {
  return base::WithContext(
      "Git LFS of " + ForMessage(request.url), [&]() -> std::optional<layer::LayerId> {
        const LfsFiles found = FindLfsFiles(layers_.Directories(tree), request.limits, stop);
        if (found.files.empty()) {
          return std::nullopt;
        }
        const std::string repository = RepositoryName(request);
        layer::LayerId id = LfsLayer(repository, found.files);
        if (layers_.Has(id)) {
          return id;
        }
        const base::FileLock lock = Lock("lfs-" + repository, progress, stop);
        const LfsStore store(host_.state().git() / (repository + ".lfs"));
        std::vector<LfsObject> wanted = ObjectsOf(found.files);
        std::erase_if(wanted, [&](const LfsObject& object) { return store.Has(object); });
        if (!wanted.empty()) {
          FetchLfs(request, found.server, wanted, store, progress, stop);
        }
        base::TemporaryDirectory draft = layers_.NewDraft();
        base::MakeDirectories(draft.path() / "fs", 0755);
        PlaceFiles(found.files, store, draft.path() / "fs");
        layers_.Publish(std::move(draft), id);
        return id;
      });
}

}  // namespace runtime::git
