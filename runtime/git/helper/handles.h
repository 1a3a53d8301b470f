// Owners of libgit2's objects.
#pragma once

#include <git2.h>

#include <memory>

namespace runtime::git {

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using RepositoryPtr = std::unique_ptr<git_repository, Freer<&git_repository_free>>;
using RemotePtr = std::unique_ptr<git_remote, Freer<&git_remote_free>>;
using ConfigPtr = std::unique_ptr<git_config, Freer<&git_config_free>>;
using ReferencePtr = std::unique_ptr<git_reference, Freer<&git_reference_free>>;
using ObjectPtr = std::unique_ptr<git_object, Freer<&git_object_free>>;
using CommitPtr = std::unique_ptr<git_commit, Freer<&git_commit_free>>;
using TreePtr = std::unique_ptr<git_tree, Freer<&git_tree_free>>;
using IndexPtr = std::unique_ptr<git_index, Freer<&git_index_free>>;
using PackBuilderPtr = std::unique_ptr<git_packbuilder, Freer<&git_packbuilder_free>>;
using RevisionWalkPtr = std::unique_ptr<git_revwalk, Freer<&git_revwalk_free>>;
using OdbPtr = std::unique_ptr<git_odb, Freer<&git_odb_free>>;
using OdbObjectPtr = std::unique_ptr<git_odb_object, Freer<&git_odb_object_free>>;

// What an out-parameter of libgit2 is taken into: Take(repository, [&](auto** out) { return ...;
// }).
template <typename Owner, typename F>
int Take(Owner& owner, F&& f) {
  typename Owner::pointer raw = nullptr;
  const int code = f(&raw);
  // After a failure some functions leave a pointer behind that isn't ours.
  owner.reset(code < 0 ? nullptr : raw);
  return code;
}

}  // namespace runtime::git
