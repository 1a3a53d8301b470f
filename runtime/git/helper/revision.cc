#include "runtime/git/helper/revision.h"

#include "runtime/base/terminal_text.h"
#include "runtime/git/helper/git_library.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;

constexpr size_t kMaxText = 1024;
constexpr size_t kMaxRevision = 512;

std::string Bounded(const char* text) {
  return text == nullptr ? std::string() : std::string(text).substr(0, kMaxText);
}

// What was asked for has a name, but its object isn't there.
[[noreturn]] void ThrowBroken(git_repository* repository, const std::string& name) {
  const git_error* last = git_error_last();
  const std::string reason =
      last != nullptr && last->message != nullptr ? ForMessage(last->message) : "not found";
  const bool shallow = git_repository_is_shallow(repository) == 1;
  throw DamagedRepository(
      ErrorKind::kInvalid,
      "read \"" + ForMessage(name) + "\": " + reason +
          (shallow ? "; the clone is shallow: get the rest by `git fetch --unshallow`"
                   : "; the repository is broken: see what `git fsck` says, or clone it again"));
}

bool IsMissingObject(int code) {
  const git_error* last = git_error_last();
  return code == GIT_ENOTFOUND && last != nullptr && last->klass == GIT_ERROR_ODB;
}

}  // namespace

std::optional<git_oid> FindCommit(git_repository* repository, const std::string& hex) {
  const git_oid id = ToId(hex);
  CommitPtr commit;
  const int code =
      Take(commit, [&](auto** out) { return git_commit_lookup(out, repository, &id); });
  if (code == GIT_ENOTFOUND) {
    return std::nullopt;
  }
  Check(code, "read commit " + hex);
  return id;
}

git_oid PeelToCommit(git_repository* repository, const git_oid& id, const std::string& name) {
  ObjectPtr object;
  int code = Take(
      object, [&](auto** out) { return git_object_lookup(out, repository, &id, GIT_OBJECT_ANY); });
  if (IsMissingObject(code)) {
    ThrowBroken(repository, name);
  }
  Check(code, "read " + ForMessage(name));
  ObjectPtr commit;
  code = Take(commit,
              [&](auto** out) { return git_object_peel(out, object.get(), GIT_OBJECT_COMMIT); });
  if (IsMissingObject(code)) {
    ThrowBroken(repository, name);
  }
  if (code == GIT_EPEEL || code == GIT_EINVALIDSPEC) {
    throw Error(ErrorKind::kUsage, ForMessage(name) + " is no commit");
  }
  Check(code, "read " + ForMessage(name));
  return *git_object_id(commit.get());
}

git_oid ParseRevision(git_repository* repository, const std::string& revision) {
  if (revision.size() > kMaxRevision) {
    throw Error(ErrorKind::kUsage, "the revision is longer than 512 characters");
  }
  ObjectPtr object;
  const int code = Take(
      object, [&](auto** out) { return git_revparse_single(out, repository, revision.c_str()); });
  if (IsMissingObject(code)) {
    ThrowBroken(repository, revision);
  }
  if (code == GIT_ENOTFOUND) {
    throw Error(ErrorKind::kNotFound, "no commit, branch or tag is named \"" +
                                          ForMessage(revision) + "\" in the repository");
  }
  Check(code, "revision \"" + ForMessage(revision) + "\"");
  return PeelToCommit(repository, *git_object_id(object.get()), revision);
}

Resolution DescribeCommit(git_repository* repository, const git_oid& commit_id) {
  CommitPtr commit;
  Check(Take(commit, [&](auto** out) { return git_commit_lookup(out, repository, &commit_id); }),
        "read commit " + ToText(commit_id));
  Resolution resolution;
  resolution.commit = ToText(commit_id);
  resolution.tree = ToText(*git_commit_tree_id(commit.get()));
  resolution.commit_time = git_commit_time(commit.get());
  resolution.title = Bounded(git_commit_summary(commit.get()));
  resolution.author = Bounded(git_commit_author(commit.get())->name);
  return resolution;
}

std::string BranchName(std::string_view ref) {
  static constexpr std::string_view kHeads = "refs/heads/";
  return ref.starts_with(kHeads) ? std::string(ref.substr(kHeads.size())) : std::string();
}

bool IsReferenceName(const std::string& ref) {
  int valid = 0;
  return ref.starts_with("refs/") && ref.size() <= kMaxText &&
         git_reference_name_is_valid(&valid, ref.c_str()) == 0 && valid != 0;
}

bool IsTagName(const std::string& ref) {
  return ref.starts_with("refs/tags/") && IsReferenceName(ref);
}

void CheckReferenceName(const std::string& ref) {
  if (!IsReferenceName(ref)) {
    throw Error(ErrorKind::kUsage, "\"" + ForMessage(ref) +
                                       "\" is no full reference name such as "
                                       "refs/heads/main");
  }
}

}  // namespace runtime::git
