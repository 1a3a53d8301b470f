#include "runtime/git/helper/write_changes.h"

#include <string>

#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/tree_pairs.h"
#include "runtime/git/helper/write_tree.h"

namespace runtime::git {
namespace {

TreePtr ReadTree(git_repository* repository, const git_oid& id) {
  TreePtr tree;
  Check(Take(tree, [&](auto** out) { return git_tree_lookup(out, repository, &id); }),
        "read tree " + ToText(id));
  return tree;
}

bool IsSubmodule(const git_tree_entry* entry) {
  return entry != nullptr && git_tree_entry_filemode(entry) == GIT_FILEMODE_COMMIT;
}

// From the top down. Each call of `sink` answers whether to go on.
template <typename Sink>
class ChangeVisit {
 public:
  ChangeVisit(git_repository* repository, Sink& sink) : repository_(repository), sink_(sink) {}

  // A checkout has `before`, whose depth is bounded, so this is too. No `after`: an empty
  // directory.
  bool Trees(const git_tree* before, const git_tree* after) {
    size_t named = 0;
    for (const auto& [name, pair] : PairEntries(before, after)) {
      named += pair.after != nullptr ? 1 : 0;
      if (!IsSame(pair) && !Entries(name, pair)) {
        return false;
      }
    }
    return after == nullptr || named == git_tree_entrycount(after);  // Else a name is there twice.
  }

 private:
  bool Entries(std::string_view name, const EntryPair& pair) {
    if (pair.after == nullptr) {
      return sink_.Delete(name);
    }
    if (IsSubmodule(pair.before) && IsSubmodule(pair.after)) {
      return true;  // An empty directory, whichever the commit.
    }
    if (!IsTree(pair.before) || !(IsTree(pair.after) || IsSubmodule(pair.after))) {
      return sink_.Write(pair.after);
    }
    const TreePtr before = ReadTree(repository_, *git_tree_entry_id(pair.before));
    const TreePtr after =
        IsSubmodule(pair.after) ? nullptr : ReadTree(repository_, *git_tree_entry_id(pair.after));
    return sink_.Enter(name) && Trees(before.get(), after.get()) && sink_.Leave();
  }

  git_repository* repository_;
  Sink& sink_;
};

// How much it is, before anything is written.
class ChangeCount {
 public:
  ChangeCount(git_repository* repository, git_odb* odb, const CheckoutBase& bound,
              const CheckoutLimits& limits)
      : repository_(repository), odb_(odb), bound_(bound), limits_(limits) {}

  bool Enter(std::string_view) { return Add(0); }
  bool Leave() { return true; }
  bool Delete(std::string_view) { return Add(0); }
  bool Write(const git_tree_entry* entry) { return Count(entry, 0); }

 private:
  bool Count(const git_tree_entry* entry, size_t depth) {
    if (IsSubmodule(entry)) {
      return Add(0);
    }
    return IsTree(entry) ? CountTree(*git_tree_entry_id(entry), depth) : CountFile(entry);
  }

  bool CountTree(const git_oid& id, size_t depth) {
    if (depth > limits_.depth || !Add(0)) {
      return false;
    }
    const TreePtr tree = ReadTree(repository_, id);
    for (size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
      if (!Count(git_tree_entry_byindex(tree.get(), i), depth + 1)) {
        return false;
      }
    }
    return true;
  }

  bool CountFile(const git_tree_entry* entry) {
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    const git_oid& id = *git_tree_entry_id(entry);
    Check(git_odb_read_header(&size, &type, odb_, &id), "read object " + ToText(id));
    return Add(size);
  }

  bool Add(uint64_t bytes) {
    if (entries_ == bound_.max_entries || bytes > bound_.max_bytes - bytes_) {
      return false;
    }
    ++entries_;
    bytes_ += bytes;
    return true;
  }

  git_repository* repository_;
  git_odb* odb_;
  const CheckoutBase& bound_;
  const CheckoutLimits& limits_;
  uint64_t entries_ = 0;
  uint64_t bytes_ = 0;
};

class ChangeWriter {
 public:
  ChangeWriter(git_repository* repository, git_odb* odb, OutputTree& output)
      : repository_(repository), odb_(odb), output_(output) {}

  bool Enter(std::string_view name) {
    output_.Enter(name);
    return true;
  }
  bool Leave() {
    output_.Leave();
    return true;
  }
  bool Delete(std::string_view name) {
    output_.Delete(name);
    return true;
  }
  bool Write(const git_tree_entry* entry) {
    WriteEntry(repository_, odb_, entry, output_);
    return true;
  }

 private:
  git_repository* repository_;
  git_odb* odb_;
  OutputTree& output_;
};

}  // namespace

bool WriteChanges(git_repository* repository, const git_oid& tree, const CheckoutBase& base,
                  const CheckoutLimits& limits, OutputTree& output) {
  OdbPtr odb;
  Check(Take(odb, [&](auto** out) { return git_repository_odb(out, repository); }),
        "open the object database");
  const TreePtr before = ReadTree(repository, ToId(base.tree));
  const TreePtr after = ReadTree(repository, tree);
  ChangeCount count(repository, odb.get(), base, limits);
  if (!ChangeVisit(repository, count).Trees(before.get(), after.get())) {
    return false;
  }
  ChangeWriter writer(repository, odb.get(), output);
  ChangeVisit(repository, writer).Trees(before.get(), after.get());
  output.Close();
  return true;
}

}  // namespace runtime::git
