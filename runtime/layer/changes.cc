#include "runtime/layer/changes.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"
#include "runtime/layer/attributes.h"
#include "runtime/layer/view.h"

namespace runtime::layer {
using base::UniqueFd;
using Kind = Change::Kind;
namespace {

// Nothing when there is no directory of that name.
UniqueFd OpenDirectoryIn(int parent, const std::string& name) {
  return UniqueFd(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// As those are that a mount point is made with.
bool IsPlainDirectory(const struct stat& st) {
  return (st.st_mode & 07777) == 0755 && st.st_uid == 0 && st.st_gid == 0;
}

// `below` may be none.
bool SameAttributes(int upper, const UniqueFd& below, const std::string& name) {
  return ReadAttributes(upper, name) ==
         (below ? ReadAttributes(below.get(), name) : std::vector<Attribute>());
}

bool SameTime(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

class Differ {
 public:
  Differ(UniqueFd lower, const std::set<std::string>& quiet, const TreeLimits& limits)
      : quiet_(quiet), limits_(limits) {
    levels_.push_back({.lower = std::move(lower), .listed = true});
  }

  void Look(const TreeWalk::Entry& entry) {
    while (!entry.path.starts_with(levels_.back().path)) {
      levels_.pop_back();
    }
    const int lower = levels_.back().lower ? levels_.back().lower.get() : -1;
    struct stat below = {};
    const bool exists =
        lower >= 0 && ::fstatat(lower, entry.name.c_str(), &below, AT_SYMLINK_NOFOLLOW) == 0;
    const Kind kind = exists ? Kind::kChanged : Kind::kAdded;
    if (entry.is_directory()) {
      LookAtDirectory(entry, exists ? &below : nullptr);
    } else if (IsWhiteout(entry.st)) {
      BreakSilence();
      if (exists) {
        List(Kind::kDeleted, entry.path);
      }
    } else if (S_ISREG(entry.st.st_mode) && entry.st.st_size == 0 &&
               (!exists || S_ISLNK(below.st_mode)) && quiet_.contains(entry.path)) {
      changes_.silent.insert(entry.path);
    } else {
      BreakSilence();
      List(kind, entry.path);
    }
  }

  Changes Finish() {
    std::sort(changes_.list.begin(), changes_.list.end(),
              [](const Change& a, const Change& b) { return a.path < b.path; });
    return std::move(changes_);
  }

 private:
  // A directory on the way to the current entry.
  struct Level {
    std::string path = {};  // with a slash at its end, but for the root
    UniqueFd lower = {};    // the directory of that path in the layers below, when there is one
    bool hides = false;     // nothing of the layers below shows through
    bool listed = false;
    Kind kind = Kind::kChanged;
  };

  void LookAtDirectory(const TreeWalk::Entry& entry, const struct stat* below) {
    const UniqueFd upper = OpenDirectoryIn(entry.parent, entry.name);
    if (!upper) {
      return;  // It went away, or became something else.
    }
    const bool was_directory = below != nullptr && S_ISDIR(below->st_mode);
    Level level;
    level.path = entry.path + "/";
    level.hides = levels_.back().hides || IsOpaque(upper.get());
    level.kind = below != nullptr ? Kind::kChanged : Kind::kAdded;
    if (was_directory) {
      level.lower = OpenDirectoryIn(levels_.back().lower.get(), entry.name);
    }
    levels_.push_back(std::move(level));
    const bool kept = was_directory && below->st_mode == entry.st.st_mode &&
                      below->st_uid == entry.st.st_uid && below->st_gid == entry.st.st_gid;
    const bool quiet = (kept || below == nullptr) && quiet_.contains(entry.path);
    if (quiet && (kept ? !levels_.back().hides : IsPlainDirectory(entry.st)) &&
        SameAttributes(upper.get(), levels_.back().lower, entry.path)) {
      changes_.silent.insert(entry.path);
    } else {
      BreakSilence();
    }
    if (!quiet && !(kept && SameTime(below->st_mtim, entry.st.st_mtim))) {
      ListLevels();
    }
    if (levels_.back().hides && was_directory) {
      ListHidden(upper.get(), entry.path);
    }
  }

  // The directories on the way to the current entry are those of something.
  void BreakSilence() {
    for (const Level& level : levels_) {
      changes_.silent.erase(level.path.substr(0, level.path.size() - 1));
    }
  }

  void ListHidden(int upper, const std::string& path) {
    const std::vector<std::string> now = SortedNames(upper, limits_.max_entries);
    const std::vector<std::string> before =
        SortedNames(levels_.back().lower.get(), limits_.max_entries);
    std::vector<std::string> gone;
    std::set_difference(before.begin(), before.end(), now.begin(), now.end(),
                        std::back_inserter(gone));
    for (const std::string& name : gone) {
      List(Kind::kDeleted, path + "/" + name);
    }
  }

  void ListLevels() {
    for (Level& level : levels_) {
      if (!level.listed) {
        level.listed = true;
        changes_.list.push_back({level.kind, "/" + level.path.substr(0, level.path.size() - 1)});
      }
    }
  }

  void List(Kind kind, const std::string& path) {
    ListLevels();
    changes_.list.push_back({kind, "/" + path});
  }

  const std::set<std::string>& quiet_;
  const TreeLimits& limits_;
  std::vector<Level> levels_;
  Changes changes_;
};

}  // namespace

Changes FindChanges(const Snapshot& snapshot, const std::set<std::string>& quiet,
                    const TreeLimits& limits) {
  struct stat st;
  if (snapshot.upper.empty() || ::stat(snapshot.upper.c_str(), &st) != 0) {
    return {};  // It was never mounted.
  }
  Snapshot below = snapshot;
  below.upper.clear();
  below.work.clear();
  const UniqueFd upper = base::OpenFile(snapshot.upper, O_RDONLY | O_DIRECTORY);
  // O_PATH won't do: names are read there.
  const UniqueFd view = OpenView(below);
  Differ differ(UniqueFd(::openat(view.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), quiet,
                limits);
  TreeWalk walk(upper.get(), limits);
  for (TreeWalk::Entry entry; walk.Next(entry);) {
    differ.Look(entry);
  }
  return differ.Finish();
}

}  // namespace runtime::layer
