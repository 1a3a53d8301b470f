#include <limits>
#include <optional>

#include "runtime/git/helper/changed_paths.h"
#include "runtime/git/helper/copy_objects.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/revision.h"
#include "runtime/git/helper/source.h"
#include "runtime/git/helper/submodules.h"
#include "runtime/git/helper/working_tree.h"
#include "runtime/git/helper/write_tree.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;

class LocalSource : public Source {
 public:
  LocalSource(const HelperRequest& request, std::filesystem::path mirror,
              const ProgressLine& progress)
      : request_(request),
        mirror_(std::move(mirror)),
        progress_(progress),
        repository_(OpenGitDirectory(request.git_dir)) {
    if (request.working_tree && request.work_tree.empty()) {
      throw Error(ErrorKind::kUsage,
                  "a bare repository has no working tree; name a commit or a branch");
    }
  }

  Resolution Resolve() override {
    Resolution resolution;
    std::string branch;
    if (const auto commit = FindRequested(branch)) {
      resolution = DescribeCommit(repository_.get(), *commit);
    } else if (!request_.working_tree) {
      throw Error(ErrorKind::kNotFound, "the repository has no commit yet");
    }
    resolution.branch = branch;
    if (request_.working_tree) {
      working_tree_.emplace(repository_.get(), request_.work_tree, request_.limits, progress_);
      tree_ = working_tree_->id();
      resolution.tree = ToText(tree_);
    } else {
      tree_ = ToId(resolution.tree);
    }
    commit_ = resolution.commit;
    return resolution;
  }

  void Write(OutputTree& output) override {
    if (working_tree_) {
      working_tree_->Write(output);
    } else {
      WriteTree(repository_.get(), tree_, output);
    }
  }

  std::vector<Submodule> Submodules() override {
    return working_tree_ ? working_tree_->Submodules()
                         : FindSubmodules(repository_.get(), tree_, request_.limits);
  }

  std::optional<git_oid> FindBase() override {
    if (!request_.since.empty()) {
      return FindCommit(repository_.get(), request_.since);
    }
    git_oid id;
    const int code = git_reference_name_to_id(&id, repository_.get(), request_.base_ref.c_str());
    if (code == GIT_ENOTFOUND) {
      return std::nullopt;
    }
    Check(code, "read " + request_.base_ref);
    return MergeBase(repository_.get(), PeelToCommit(repository_.get(), id, request_.base_ref),
                     ToId(commit_));
  }

  std::vector<Tag> Tags() override {
    std::vector<std::string> names;
    Check(git_reference_foreach_glob(
              repository_.get(), "refs/tags/*",
              [](const char* name, void* list) {
                static_cast<std::vector<std::string>*>(list)->emplace_back(name);
                return 0;
              },
              &names),
          "read the tags");
    std::vector<Tag> tags;
    for (const std::string& name : names) {
      Tag tag{.name = name};
      ObjectPtr object;
      ObjectPtr commit;
      // One that leads to no commit, or nowhere, is none that could be asked for.
      if (IsTagName(name) &&
          git_reference_name_to_id(&tag.id, repository_.get(), name.c_str()) == 0 &&
          Take(object,
               [&](auto** out) {
                 return git_object_lookup(out, repository_.get(), &tag.id, GIT_OBJECT_ANY);
               }) == 0 &&
          Take(commit, [&](auto** out) {
            return git_object_peel(out, object.get(), GIT_OBJECT_COMMIT);
          }) == 0) {
        tag.commit = *git_object_id(commit.get());
        tags.push_back(std::move(tag));
      }
    }
    return tags;
  }

  void Bring(const std::vector<Tag>& /*tags*/) override {}

  uint64_t BytesToFill() override { return BytesToCopy(repository_.get(), mirror_); }

  void FillMirror() override {
    // Which of its packs are too many CopyObjects() says.
    Mirror mirror(mirror_, std::numeric_limits<size_t>::max());
    CopyObjects(repository_.get(), mirror, request_.limits, progress_);
  }

  git_repository* repository() const override { return repository_.get(); }

  bool Repair() override { return false; }

 private:
  // Nothing when HEAD names a branch without commits.
  std::optional<git_oid> FindRequested(std::string& branch) {
    branch = BranchName(request_.ref.empty() ? HeadTarget() : request_.ref);
    if (!request_.commit.empty()) {
      return ParseRevision(repository_.get(), request_.commit);
    }
    git_oid id;
    const std::string name = request_.ref.empty() ? "HEAD" : request_.ref;
    const int code = git_reference_name_to_id(&id, repository_.get(), name.c_str());
    if (code == GIT_ENOTFOUND && request_.ref.empty()) {
      return std::nullopt;
    }
    if (code == GIT_ENOTFOUND) {
      throw Error(ErrorKind::kNotFound, "the repository has no " + name);
    }
    Check(code, "read " + name);
    return PeelToCommit(repository_.get(), id, name);
  }

  std::string HeadTarget() {
    ReferencePtr head;
    Check(Take(head,
               [&](auto** out) { return git_reference_lookup(out, repository_.get(), "HEAD"); }),
          "read HEAD");
    const char* target = git_reference_symbolic_target(head.get());
    return target == nullptr ? std::string() : target;
  }

  const HelperRequest& request_;
  const std::filesystem::path mirror_;
  const ProgressLine& progress_;
  RepositoryPtr repository_;
  std::optional<WorkingTree> working_tree_;
  git_oid tree_{};
  std::string commit_;
};

}  // namespace

std::unique_ptr<Source> MakeLocalSource(const HelperRequest& request,
                                        const std::filesystem::path& mirror,
                                        const ProgressLine& progress) {
  return std::make_unique<LocalSource>(request, mirror, progress);
}

}  // namespace runtime::git
