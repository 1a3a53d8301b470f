#include "runtime/git/helper/checkout_job.h"

#include <fcntl.h>

#include "runtime/base/files.h"
#include "runtime/git/helper/changed_paths.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/revision.h"
#include "runtime/git/url_policy.h"

namespace runtime::git {
namespace {

template <typename F>
auto Repairing(Source& source, const ProgressLine& progress, F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const DamagedRepository& e) {
    if (!source.Repair()) {
      throw;
    }
    progress(std::string("the mirror is damaged and is made anew: ") + e.what());
  }
  return f();
}

}  // namespace

std::unique_ptr<Source> MakeSource(const HelperRequest& request,
                                   const std::filesystem::path& mirror,
                                   const ProgressLine& progress) {
  if (!request.ref.empty()) {
    CheckReferenceName(request.ref);
  }
  if (!request.base_ref.empty()) {
    CheckReferenceName(request.base_ref);
  }
  if (!request.since.empty()) {
    ToId(request.since);
  }
  if (!request.git_dir.empty()) {
    return MakeLocalSource(request, progress);
  }
  if (request.working_tree) {
    throw base::Error(base::ErrorKind::kUsage,
                      "only a local repository has a working tree to take along");
  }
  ParseRepositoryUrl(request.url, LocalRepositories::kRefused);
  return MakeRemoteSource(request, mirror, progress);
}

CheckoutJob::CheckoutJob(HelperRequest request, std::filesystem::path mirror, ProgressLine progress)
    : request_(std::move(request)),
      mirror_(std::move(mirror)),
      progress_(std::move(progress)),
      source_(MakeSource(request_, mirror_, progress_)) {}

Resolution CheckoutJob::Resolve() {
  Resolution resolution = Repairing(*source_, progress_, [&] {
    Resolution resolved = source_->Resolve();
    if (request_.submodules) {
      resolved.submodules = source_->Submodules();
    }
    return resolved;
  });
  commit_ = resolution.commit;
  return resolution;
}

std::optional<std::vector<std::string>> CheckoutJob::Changed() {
  // What a damaged mirror had, a new one may not have: then nobody knows.
  return Repairing(*source_, progress_, [&]() -> std::optional<std::vector<std::string>> {
    const std::optional<git_oid> base = source_->FindBase();
    if (!base || !FindCommit(source_->repository(), commit_)) {
      return std::nullopt;
    }
    return ChangedPaths(source_->repository(), *base, ToId(commit_));
  });
}

CheckoutSize CheckoutJob::Write(const std::filesystem::path& out) {
  return Repairing(*source_, progress_, [&] {
    for (const auto& entry : std::filesystem::directory_iterator(out)) {
      base::RemoveTree(entry.path());
    }
    const base::UniqueFd root = base::OpenFile(out, O_RDONLY | O_DIRECTORY);
    OutputTree output(root.get(), request_.limits);
    source_->Write(output);
    return output.size();
  });
}

}  // namespace runtime::git
