#include "runtime/git/helper/history.h"

#include <algorithm>
#include <utility>

#include "runtime/base/digest.h"
#include "runtime/base/files.h"
#include "runtime/git/checkout_time.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/handles.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

// What git compares of a file is its size and its time in seconds: a layer keeps nothing else.
constexpr char kConfig[] =
    "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n"
    "\ttrustctime = false\n\tcheckStat = minimal\n[gc]\n\tauto = 0\n";

void WriteText(const fs::path& file, const std::string& text) {
  base::WriteFileAtomically(file, text, base::Durability::kNoFlush, 0644);
}

CommitPtr LookUp(git_repository* repository, const git_oid& id) {
  CommitPtr commit;
  Check(Take(commit, [&](auto** out) { return git_commit_lookup(out, repository, &id); }),
        "read commit " + ToText(id));
  return commit;
}

std::vector<git_oid> ParentsOf(const git_commit* commit) {
  std::vector<git_oid> parents;
  for (unsigned i = 0; i < git_commit_parentcount(commit); ++i) {
    parents.push_back(*git_commit_parent_id(commit, i));
  }
  return parents;
}

bool IsThere(git_repository* repository, const git_oid& id) {
  OdbPtr odb;
  Check(Take(odb, [&](auto** out) { return git_repository_odb(out, repository); }),
        "open the object database");
  return git_odb_exists(odb.get(), &id) != 0;
}

}  // namespace

History::History(git_repository* repository, HistoryTip tip, uint32_t depth,
                 const CheckoutLimits& limits)
    : repository_(repository), tip_(std::move(tip)), depth_(depth) {
  if (depth_ > 0 || git_repository_is_shallow(repository_) == 1) {
    Walk(limits);
  }
}

void History::Walk(const CheckoutLimits& limits) {
  const bool shallow = git_repository_is_shallow(repository_) == 1;
  std::vector<git_oid> level = {tip_.commit};
  known_.insert(tip_.commit);
  std::vector<std::pair<git_oid, std::vector<git_oid>>> last;  // ends, perhaps, and their parents
  for (uint32_t depth = 1; !level.empty(); ++depth) {
    std::vector<git_oid> next;
    for (const git_oid& id : level) {
      commits_.push_back(id);
      if (commits_.size() > limits.objects) {
        throw Error(ErrorKind::kInvalid, "the history has more than " +
                                             std::to_string(limits.objects) +
                                             " commits; give `clone` a `depth`");
      }
      std::vector<git_oid> parents = ParentsOf(LookUp(repository_, id).get());
      if (depth == depth_) {
        last.emplace_back(id, std::move(parents));
        continue;
      }
      for (const git_oid& parent : parents) {
        if (known_.count(parent) > 0) {
          continue;
        }
        if (shallow && !IsThere(repository_, parent)) {
          ends_.push_back(id);
          break;
        }
        known_.insert(parent);
        next.push_back(parent);
      }
    }
    level = std::move(next);
  }
  for (const auto& [id, parents] : last) {
    if (std::any_of(parents.begin(), parents.end(),
                    [&](const git_oid& parent) { return known_.count(parent) == 0; })) {
      ends_.push_back(id);
    }
  }
}

void History::SetTags(std::vector<Tag> tags) {
  tags_ = std::move(tags);
  std::sort(tags_.begin(), tags_.end(), [](const Tag& a, const Tag& b) { return a.name < b.name; });
}

std::string History::Id() const {
  std::string text = "history 2\n" + PackedRefs() + tip_.branch + "\n" + ToText(tip_.commit) +
                     (tip_.files_changed ? " changed" : "") + (depth_ == 0 ? " all" : "") + "\n";
  for (const git_oid& end : ends_) {
    text += ToText(end) + "\n";
  }
  return base::Digest::Of(text).hex();
}

std::string History::PackedRefs() const {
  std::string text = "# pack-refs with: peeled fully-peeled sorted \n";
  if (!tip_.branch.empty()) {
    text += ToText(tip_.commit) + " refs/heads/" + tip_.branch + "\n";
  }
  for (const Tag& tag : tags_) {
    text += ToText(tag.id) + " " + tag.name + "\n";
    if (git_oid_equal(&tag.id, &tag.commit) == 0) {
      text += "^" + ToText(tag.commit) + "\n";
    }
  }
  return text;
}

void History::Write(const fs::path& out) const {
  const fs::path directory = out / ".git";
  for (const char* name : {"objects/info", "objects/pack", "refs/heads", "refs/tags"}) {
    base::MakeDirectories(directory / name, 0755);
  }
  WriteText(directory / "config", kConfig);
  WriteText(directory / "HEAD",
            (tip_.branch.empty() ? ToText(tip_.commit) : "ref: refs/heads/" + tip_.branch) + "\n");
  WriteText(directory / "packed-refs", PackedRefs());
  if (!ends_.empty()) {
    std::string text;
    for (const git_oid& end : ends_) {
      text += ToText(end) + "\n";
    }
    WriteText(directory / "shallow", text);
  }
  if (depth_ > 0) {
    WritePack(directory / "objects/pack");
  }
  WriteIndex(directory / "index");
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    SetCheckoutTime(entry.path());
  }
  // Later than the files, or git reads them all again to be sure.
  SetCheckoutTime(directory / "index", kCheckoutTime + 1);
  SetCheckoutTime(directory);
  SetCheckoutTime(out);
}

void History::WritePack(const fs::path& directory) const {
  PackBuilderPtr pack;
  Check(Take(pack, [&](auto** out) { return git_packbuilder_new(out, repository_); }),
        "make a pack");
  git_packbuilder_set_threads(pack.get(), 1);  // the same objects, the same pack
  for (const git_oid& commit : commits_) {
    Check(git_packbuilder_insert(pack.get(), &commit, nullptr), "pack a commit");
  }
  IdSet seen;
  for (const git_oid& commit : commits_) {
    InsertTree(pack.get(), *git_commit_tree_id(LookUp(repository_, commit).get()), seen);
  }
  for (const Tag& tag : tags_) {
    InsertTag(pack.get(), tag.id);
  }
  Check(git_packbuilder_write(pack.get(), directory.c_str(), 0444, nullptr, nullptr),
        "write the pack");
}

// A stranger's directories may lie in each other as deep as they like.
void History::InsertTree(git_packbuilder* pack, const git_oid& id, IdSet& seen) const {
  std::vector<git_oid> open;
  const auto add = [&](const git_oid& tree) {
    if (seen.insert(tree).second) {
      open.push_back(tree);
    }
  };
  for (add(id); !open.empty();) {
    const git_oid at = open.back();
    open.pop_back();
    Check(git_packbuilder_insert(pack, &at, nullptr), "pack a directory");
    TreePtr tree;
    Check(Take(tree, [&](auto** out) { return git_tree_lookup(out, repository_, &at); }),
          "read a directory");
    for (size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(tree.get(), i);
      const git_oid& child = *git_tree_entry_id(entry);
      if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
        add(child);
      } else if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB && seen.insert(child).second) {
        Check(git_packbuilder_insert(pack, &child, git_tree_entry_name(entry)), "pack a file");
      }
    }
  }
}

// A tag may name another one.
void History::InsertTag(git_packbuilder* pack, const git_oid& id) const {
  git_oid at = id;
  while (true) {
    ObjectPtr object;
    Check(
        Take(object,
             [&](auto** out) { return git_object_lookup(out, repository_, &at, GIT_OBJECT_ANY); }),
        "read a tag");
    if (git_object_type(object.get()) != GIT_OBJECT_TAG) {
      return;
    }
    Check(git_packbuilder_insert(pack, &at, nullptr), "pack a tag");
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libgit2's own way to say it.
    at = *git_tag_target_id(reinterpret_cast<const git_tag*>(object.get()));
  }
}

void History::WriteIndex(const fs::path& file) const {
  TreePtr tree;
  const CommitPtr commit = LookUp(repository_, tip_.commit);
  Check(Take(tree, [&](auto** out) { return git_commit_tree(out, commit.get()); }),
        "read the commit's tree");
  IndexPtr index;
  Check(Take(index, [&](auto** out) { return git_index_open(out, file.c_str()); }),
        "make the index");
  Check(git_index_read_tree(index.get(), tree.get()), "make the index");
  OdbPtr odb;
  Check(Take(odb, [&](auto** out) { return git_repository_odb(out, repository_); }),
        "open the object database");
  // Where files may be others than the commit's, git finds out itself.
  const size_t count = tip_.files_changed ? 0 : git_index_entrycount(index.get());
  for (size_t i = 0; i < count; ++i) {
    git_index_entry entry = *git_index_get_byindex(index.get(), i);
    if (entry.mode == GIT_FILEMODE_COMMIT) {
      continue;
    }
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    Check(git_odb_read_header(&size, &type, odb.get(), &entry.id), "read the size of a file");
    entry.file_size = static_cast<uint32_t>(size);
    entry.mtime.seconds = static_cast<int32_t>(kCheckoutTime);
    const std::string path = entry.path;  // the entry that it is of goes
    entry.path = path.c_str();
    Check(git_index_add(index.get(), &entry), "make the index");
  }
  Check(git_index_write(index.get()), "write the index");
}

}  // namespace runtime::git
