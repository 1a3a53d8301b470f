// Source: where a checkout comes from, and which one a request gets.
#pragma once

#include <git2.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/git/helper/history.h"
#include "runtime/git/helper/output_tree.h"
#include "runtime/git/helper/remote_access.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

class Source {
 public:
  virtual ~Source() = default;
  virtual Resolution Resolve() = 0;
  // After Resolve(), those of the request's tree.
  virtual std::vector<Submodule> Submodules() = 0;
  // Once, after Resolve().
  virtual void Write(OutputTree& output) = 0;
  // After Resolve(): what the request's `since` and `base_ref` say that changes are counted from.
  // Nothing when the repository hasn't got it.
  virtual std::optional<git_oid> FindBase() = 0;
  // After Resolve(): the tags that lead to a commit.
  virtual std::vector<Tag> Tags() = 0;
  // Sees to it that the objects of these are in the repository.
  virtual void Bring(const std::vector<Tag>& tags) = 0;
  // All objects of the repository, or of what was asked for at least, are in the mirror's packs.
  virtual void FillMirror() = 0;
  // How much that would copy, about.
  virtual uint64_t BytesToFill() = 0;
  virtual git_repository* repository() const = 0;
  // Makes good for a DamagedRepository: true when the call is worth another try.
  virtual bool Repair() = 0;
};

// A repository of this machine, read in place and never written to. Request paths: git_dir and
// work_tree. `mirror`: a directory, used by FillMirror() alone.
std::unique_ptr<Source> MakeLocalSource(const HelperRequest& request,
                                        const std::filesystem::path& mirror,
                                        const ProgressLine& progress);

// A repository behind a URL, through a mirror in `directory`. A commit that the mirror has already
// is taken from there without any network; for its tags the other side is asked.
std::unique_ptr<Source> MakeRemoteSource(const HelperRequest& request,
                                         const std::filesystem::path& directory,
                                         const ProgressLine& progress);

// The one that the request asks for. Throws Error (kUsage) for a request that isn't valid. The
// arguments are borrowed and outlive the source.
std::unique_ptr<Source> MakeSource(const HelperRequest& request,
                                   const std::filesystem::path& mirror,
                                   const ProgressLine& progress);

}  // namespace runtime::git
