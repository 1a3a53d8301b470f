#include "runtime/git/helper/ancestry.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <utility>

#include "runtime/base/files.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/handles.h"
#include "runtime/git/helper/revision.h"
#include "runtime/git/protocol.h"

namespace runtime::git {
namespace {

constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();

std::string Lines(const char* word, const IdSet& ids) {
  std::string text;
  for (const git_oid& id : ids) {
    text += word + ToText(id) + "\n";
  }
  return text;
}

}  // namespace

Ancestry::Ancestry(git_repository* repository, std::filesystem::path file)
    : repository_(repository), file_(std::move(file)) {
  Read();
}

// Lines "tip ID", each followed by those of its ancestors, "in ID", and of others, "out ID".
void Ancestry::Read() {
  std::istringstream lines(base::ReadFileIfExists(file_).value_or(""));
  for (std::string word, id; lines >> word >> id && IsObjectId(id);) {
    if (word == "tip" && known_.size() < kMaxTips) {
      known_.push_back({.tip = ToId(id), .ancestors = {}, .others = {}});
    } else if ((word == "in" || word == "out") && !known_.empty()) {
      (word == "in" ? known_.back().ancestors : known_.back().others).insert(ToId(id));
    } else {
      return;
    }
  }
}

void Ancestry::Remember(Known known) {
  std::erase_if(known_,
                [&](const Known& other) { return git_oid_equal(&other.tip, &known.tip) != 0; });
  known_.insert(known_.begin(), std::move(known));
  known_.resize(std::min(known_.size(), kMaxTips));
  std::string text;
  for (const Known& each : known_) {
    text += "tip " + ToText(each.tip) + "\n" + Lines("in ", each.ancestors) +
            Lines("out ", each.others);
  }
  base::WriteFileAtomically(file_, text, base::Durability::kNoFlush, 0644);
}

IdSet Ancestry::Of(const git_oid& tip, const std::vector<git_oid>& commits) {
  if (commits.empty()) {
    return {};
  }
  std::optional<IdSet> found;
  if (!known_.empty() && git_oid_equal(&known_.front().tip, &tip) != 0) {
    found = From(known_.front(), tip, commits);
    if (found) {
      return *found;  // Nothing new to remember.
    }
  }
  for (auto known = known_.begin(); known != known_.end() && !found; ++known) {
    found = From(*known, tip, commits);
  }
  if (!found) {
    found.emplace();
    const std::optional<IdSet> all = Walk(tip, nullptr, kNoLimit);
    std::copy_if(commits.begin(), commits.end(), std::inserter(*found, found->end()),
                 [&](const git_oid& commit) { return all->contains(commit); });
  }
  Known known{.tip = tip, .ancestors = *found, .others = {}};
  std::copy_if(commits.begin(), commits.end(), std::inserter(known.others, known.others.end()),
               [&](const git_oid& commit) { return !found->contains(commit); });
  Remember(std::move(known));
  return *found;
}

std::optional<IdSet> Ancestry::From(const Known& known, const git_oid& tip,
                                    const std::vector<git_oid>& commits) {
  IdSet fresh;
  if (git_oid_equal(&tip, &known.tip) == 0) {
    // The mirror may have been made anew without it.
    std::optional<IdSet> walked =
        FindCommit(repository_, ToText(known.tip)) ? Walk(tip, &known.tip, kMaxNew) : std::nullopt;
    if (!walked || !IsParentOfOne(known.tip, *walked)) {
      return std::nullopt;
    }
    fresh = std::move(*walked);
  }
  IdSet found;
  for (const git_oid& commit : commits) {
    if (fresh.contains(commit) || known.ancestors.contains(commit)) {
      found.insert(commit);
    } else if (!known.others.contains(commit)) {
      return std::nullopt;
    }
  }
  return found;
}

std::optional<IdSet> Ancestry::Walk(const git_oid& tip, const git_oid* hidden, size_t max) {
  RevisionWalkPtr walk;
  Check(Take(walk, [&](auto** out) { return git_revwalk_new(out, repository_); }),
        "walk the history");
  Check(git_revwalk_push(walk.get(), &tip), "walk the history");
  if (hidden != nullptr) {
    Check(git_revwalk_hide(walk.get(), hidden), "walk the history");
  }
  IdSet commits;
  int code = 0;
  for (git_oid id; (code = git_revwalk_next(&id, walk.get())) == 0;) {
    ++walked_;
    commits.insert(id);
    if (commits.size() > max) {
      return std::nullopt;
    }
  }
  if (code != GIT_ITEROVER) {
    Check(code, "walk the history");
  }
  return commits;
}

bool Ancestry::IsParentOfOne(const git_oid& commit, const IdSet& commits) const {
  return std::any_of(commits.begin(), commits.end(), [&](const git_oid& id) {
    CommitPtr child;
    Check(Take(child, [&](auto** out) { return git_commit_lookup(out, repository_, &id); }),
          "read commit " + ToText(id));
    for (unsigned i = 0; i < git_commit_parentcount(child.get()); ++i) {
      if (git_oid_equal(git_commit_parent_id(child.get(), i), &commit) != 0) {
        return true;
      }
    }
    return false;
  });
}

}  // namespace runtime::git
