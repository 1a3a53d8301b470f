#include "runtime/git/helper/submodules.h"

#include "runtime/base/terminal_text.h"
#include "runtime/git/helper/entry_name.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/gitmodules.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;

constexpr size_t kMaxGitmodules = 1u << 20;
constexpr size_t kMaxBytes = 128u << 10;  // of all paths and addresses: they go on one line

TreePtr LookUp(git_repository* repository, const git_oid& id) {
  TreePtr tree;
  Check(Take(tree, [&](auto** out) { return git_tree_lookup(out, repository, &id); }),
        "read a directory");
  return tree;
}

std::map<std::string, std::string> ReadUrls(git_repository* repository, const git_tree* root) {
  const git_tree_entry* entry = git_tree_entry_byname(root, ".gitmodules");
  if (entry == nullptr || (git_tree_entry_filemode(entry) != GIT_FILEMODE_BLOB &&
                           git_tree_entry_filemode(entry) != GIT_FILEMODE_BLOB_EXECUTABLE)) {
    return {};
  }
  OdbPtr odb;
  Check(Take(odb, [&](auto** out) { return git_repository_odb(out, repository); }),
        "open the object database");
  size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  Check(git_odb_read_header(&size, &type, odb.get(), git_tree_entry_id(entry)), "read .gitmodules");
  if (size > kMaxGitmodules) {
    throw Error(ErrorKind::kInvalid, ".gitmodules is larger than 1 MiB");
  }
  OdbObjectPtr object;
  Check(Take(object,
             [&](auto** out) { return git_odb_read(out, odb.get(), git_tree_entry_id(entry)); }),
        "read .gitmodules");
  return ParseGitmodules({static_cast<const char*>(git_odb_object_data(object.get())),
                          git_odb_object_size(object.get())});
}

class SubmoduleWalk {
 public:
  SubmoduleWalk(git_repository* repository, const CheckoutLimits& limits)
      : repository_(repository), limits_(limits) {}

  void Walk(const git_tree* tree, const std::string& prefix, uint32_t depth) {
    if (depth > limits_.depth) {
      throw Error(ErrorKind::kInvalid, ForMessage(prefix) + " lies deeper than the limit of " +
                                           std::to_string(limits_.depth) + " directories");
    }
    const size_t count = git_tree_entrycount(tree);
    entries_ += count;
    if (entries_ > limits_.entries) {
      throw Error(ErrorKind::kInvalid, "the tree has more than the limit of " +
                                           std::to_string(limits_.entries) + " entries");
    }
    for (size_t i = 0; i < count; ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(tree, i);
      const std::string path = prefix + git_tree_entry_name(entry);
      if (git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE) {
        Walk(LookUp(repository_, *git_tree_entry_id(entry)).get(), path + "/", depth + 1);
      } else if (git_tree_entry_filemode(entry) == GIT_FILEMODE_COMMIT) {
        if (!IsSafeEntryName(git_tree_entry_name(entry))) {
          throw Error(ErrorKind::kInvalid, ForMessage(path) + " isn't a safe name");
        }
        found_.push_back({path, ToText(*git_tree_entry_id(entry)), ""});
        if (found_.size() > kMaxSubmodules) {
          throw Error(ErrorKind::kInvalid, "it has more than the limit of " +
                                               std::to_string(kMaxSubmodules) + " submodules");
        }
      }
    }
  }

  std::vector<Submodule> Take() { return std::move(found_); }

 private:
  git_repository* repository_;
  const CheckoutLimits& limits_;
  uint64_t entries_ = 0;
  std::vector<Submodule> found_;
};

}  // namespace

std::vector<Submodule> FindSubmodules(git_repository* repository, const git_oid& tree,
                                      const CheckoutLimits& limits) {
  const TreePtr root = LookUp(repository, tree);
  SubmoduleWalk walk(repository, limits);
  walk.Walk(root.get(), "", 0);
  std::vector<Submodule> submodules = walk.Take();
  if (submodules.empty()) {
    return submodules;
  }
  const std::map<std::string, std::string> urls = ReadUrls(repository, root.get());
  size_t bytes = 0;
  for (Submodule& submodule : submodules) {
    const auto url = urls.find(submodule.path);
    submodule.url = url == urls.end() ? "" : url->second;
    bytes += submodule.path.size() + submodule.url.size();
  }
  if (bytes > kMaxBytes) {
    throw Error(ErrorKind::kInvalid, "the paths and addresses of its submodules are too long");
  }
  return submodules;
}

}  // namespace runtime::git
