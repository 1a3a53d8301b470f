#include "runtime/base/terminal_text.h"
#include "runtime/git/helper/changed_paths.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/mirror.h"
#include "runtime/git/helper/revision.h"
#include "runtime/git/helper/source.h"
#include "runtime/git/helper/submodules.h"
#include "runtime/git/helper/write_tree.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;

const std::string kHeads = "refs/heads/";
const std::string kTags = "refs/tags/";

class RemoteSource : public Source {
 public:
  RemoteSource(const HelperRequest& request, const std::filesystem::path& directory,
               const ProgressLine& progress)
      : request_(request), progress_(progress), mirror_(directory), access_(request, progress) {}

  Resolution Resolve() override {
    std::string branch = BranchName(request_.ref);
    const git_oid commit = IsObjectId(request_.commit) ? GetCommit() : GetNamed(branch);
    Resolution resolution = DescribeCommit(mirror_.repository(), commit);
    resolution.branch = branch;
    tree_ = ToId(resolution.tree);
    commit_ = resolution.commit;
    return resolution;
  }

  void Write(OutputTree& output) override {
    if (!FindCommit(mirror_.repository(), commit_)) {
      // Repaired since it was resolved.
      GetCommitByFetching(commit_);
    }
    WriteTree(mirror_.repository(), tree_, output);
  }

  std::vector<Submodule> Submodules() override {
    return FindSubmodules(mirror_.repository(), tree_, request_.limits);
  }

  std::optional<git_oid> FindBase() override {
    if (!request_.since.empty()) {
      return FindCommit(mirror_.repository(), request_.since);
    }
    Connect();
    const RemoteHead* found = access_.Find(request_.base_ref);
    if (found == nullptr) {
      return std::nullopt;
    }
    const RemoteHead head = *found;
    Fetch({head.name});
    return MergeBase(mirror_.repository(), PeelToCommit(mirror_.repository(), head.id, head.name),
                     ToId(commit_));
  }

  std::vector<Tag> Tags() override {
    Connect();
    std::vector<Tag> tags;
    for (const RemoteHead& head : access_.heads()) {
      if (!IsTagName(head.name)) {
        continue;
      }
      // The other side says where an annotated one leads to.
      const RemoteHead* peeled = access_.Find(head.name + "^{}");
      tags.push_back({head.name, head.id, peeled == nullptr ? head.id : peeled->id});
    }
    return tags;
  }

  void Bring(const std::vector<Tag>& tags) override {
    std::vector<std::string> missing;
    for (const Tag& tag : tags) {
      if (!IsThere(tag.id)) {
        missing.push_back(tag.name);
      }
    }
    if (!missing.empty()) {
      Fetch(missing);
    }
  }

  void FillMirror() override {}  // What is fetched comes as packs.
  uint64_t BytesToFill() override { return 0; }

  git_repository* repository() const override { return mirror_.repository(); }

  bool Repair() override {
    if (mirror_.fresh()) {
      return false;
    }
    mirror_.Remake();
    return true;
  }

 private:
  git_oid GetCommit() {
    if (const auto found = FindCommit(mirror_.repository(), request_.commit)) {
      return *found;
    }
    return GetCommitByFetching(request_.commit);
  }

  // The named reference first: most often it leads there, and all others are saved.
  git_oid GetCommitByFetching(const std::string& commit) {
    if (!request_.ref.empty()) {
      Connect();
      if (access_.Find(request_.ref) != nullptr) {
        Fetch({request_.ref});
        if (const auto found = FindCommit(mirror_.repository(), commit)) {
          return *found;
        }
      }
    }
    Connect();
    Fetch({kHeads + "*", kTags + "*"});
    if (const auto found = FindCommit(mirror_.repository(), commit)) {
      return *found;
    }
    throw Error(ErrorKind::kNotFound, "commit " + commit + " is on no branch or tag of " + Url() +
                                          "; a forced push may have removed it");
  }

  // A branch or tag: what it is now, so the other side is always asked.
  git_oid GetNamed(std::string& branch) {
    Connect();
    const RemoteHead head = FindNamed();
    branch = BranchName(head.name);
    Fetch({head.name});
    return PeelToCommit(mirror_.repository(), head.id, head.name);
  }

  RemoteHead FindNamed() {
    const std::string& name = request_.commit;
    if (!name.empty()) {
      for (const std::string& full : {kHeads + name, kTags + name, name}) {
        if (const RemoteHead* head = access_.Find(full)) {
          return *head;
        }
      }
      throw Error(ErrorKind::kNotFound, "no branch or tag is named \"" + ForMessage(name) +
                                            "\" in " + Url() +
                                            "; a commit needs its 40 hex digits");
    }
    const std::string ref = request_.ref.empty() ? access_.default_branch() : request_.ref;
    if (const RemoteHead* head = ref.empty() ? nullptr : access_.Find(ref)) {
      return *head;
    }
    throw Error(ErrorKind::kNotFound,
                Url() + (ref.empty() ? " has no commit yet" : " has no " + ForMessage(ref)));
  }

  bool IsThere(const git_oid& id) const {
    OdbPtr odb;
    Check(Take(odb, [&](auto** out) { return git_repository_odb(out, mirror_.repository()); }),
          "open the object database");
    return git_odb_exists(odb.get(), &id) != 0;
  }

  void Connect() {
    progress_("asking " + Url());
    access_.Connect(mirror_.repository());
  }

  void Fetch(const std::vector<std::string>& patterns) {
    access_.Download(patterns);
    for (const RemoteHead& head : access_.heads()) {
      for (const std::string& pattern : patterns) {
        const bool matches = pattern.ends_with('*')
                                 ? head.name.starts_with(pattern.substr(0, pattern.size() - 1)) &&
                                       !head.name.ends_with("^{}")
                                 : head.name == pattern;
        if (matches) {
          mirror_.Remember(head.name, head.id);
        }
      }
    }
  }

  std::string Url() const { return ForMessage(request_.url); }

  const HelperRequest& request_;
  const ProgressLine& progress_;
  Mirror mirror_;
  RemoteAccess access_;
  git_oid tree_{};
  std::string commit_;
};

}  // namespace

std::unique_ptr<Source> MakeRemoteSource(const HelperRequest& request,
                                         const std::filesystem::path& directory,
                                         const ProgressLine& progress) {
  return std::make_unique<RemoteSource>(request, directory, progress);
}

}  // namespace runtime::git
