#include "runtime/git/helper/checkout_job.h"

#include "runtime/base/files.h"
#include "runtime/git/helper/ancestry.h"
#include "runtime/git/helper/changed_paths.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/revision.h"
#include "runtime/git/helper/write_changes.h"
#include "runtime/git/url_policy.h"

namespace runtime::git {
namespace {

// Of a local repository, that are copied though nobody asked for its history yet.
constexpr uint64_t kMaxAhead = 16u << 20;

void MakeEmpty(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    base::RemoveTree(entry.path());
  }
}

}  // namespace

std::unique_ptr<Source> MakeSource(const HelperRequest& request,
                                   const std::filesystem::path& mirror,
                                   const ProgressLine& progress) {
  if (!request.ref.empty()) {
    CheckReferenceName(request.ref);
  }
  if (request.history && !request.history->branch.empty()) {
    CheckReferenceName("refs/heads/" + request.history->branch);
  }
  if (!request.base_ref.empty()) {
    CheckReferenceName(request.base_ref);
  }
  if (!request.since.empty()) {
    ToId(request.since);
  }
  if (!request.git_dir.empty()) {
    return MakeLocalSource(request, mirror, progress);
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

template <typename F>
auto CheckoutJob::Repairing(F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const DamagedRepository& e) {
    history_.reset();
    if (!source_->Repair()) {
      throw;
    }
    progress_(std::string("the mirror is damaged and is made anew: ") + e.what());
  }
  return f();
}

Resolution CheckoutJob::Resolve() {
  resolution_ = Repairing([&] {
    resolution_ = source_->Resolve();
    if (request_.submodules) {
      resolution_.submodules = source_->Submodules();
    }
    if (request_.history && !resolution_.commit.empty()) {
      FindHistory();
    }
    return resolution_;
  });
  return resolution_;
}

void CheckoutJob::FindHistory() {
  const bool ahead = request_.history->ahead;
  try {
    if (!ahead || source_->BytesToFill() <= kMaxAhead) {
      history_.emplace(MakeHistory());
      resolution_.history = history_->Id();
    }
  } catch (const base::Error&) {
    if (!ahead) {
      throw;
    }
  }
}

History CheckoutJob::MakeHistory() {
  const HistoryOrder& order = *request_.history;
  HistoryTip tip{.commit = ToId(resolution_.commit)};
  if (!order.detached) {
    tip.branch = order.branch.empty() ? resolution_.branch : order.branch;
  }
  if (!IsReferenceName("refs/heads/" + tip.branch)) {
    tip.branch.clear();  // A local HEAD may say anything.
  }
  tip.files_changed = order.filtered || DescribeCommit(source_->repository(), tip.commit).tree !=
                                            (order.tree.empty() ? resolution_.tree : order.tree);
  History history(source_->repository(), std::move(tip), order.depth, request_.limits);
  std::vector<Tag> tags = source_->Tags();
  std::vector<git_oid> commits;
  for (const Tag& tag : tags) {
    commits.push_back(tag.commit);
  }
  const IdSet among = history.whole() ? Ancestry(source_->repository(), mirror_ / Ancestry::kFile)
                                            .Of(ToId(resolution_.commit), commits)
                                      : history.commits();
  std::erase_if(tags, [&](const Tag& tag) { return !among.contains(tag.commit); });
  source_->Bring(tags);
  history.SetTags(std::move(tags));
  return history;
}

std::optional<std::vector<std::string>> CheckoutJob::Changed() {
  // What a damaged mirror had, a new one may not have: then nobody knows.
  return Repairing([&]() -> std::optional<std::vector<std::string>> {
    const std::optional<git_oid> base = source_->FindBase();
    if (!base || !FindCommit(source_->repository(), resolution_.commit)) {
      return std::nullopt;
    }
    return ChangedPaths(source_->repository(), *base, ToId(resolution_.commit));
  });
}

WrittenTree CheckoutJob::Write(const std::filesystem::path& out) {
  for (const CheckoutBase& base : request_.bases) {
    if (const auto written = WriteUpon(base, out)) {
      return *written;
    }
  }
  return Repairing([&] {
    MakeEmpty(out);
    const base::UniqueFd root = base::OpenDirectory(out);
    OutputTree output(root.get(), request_.limits);
    source_->Write(output);
    return WrittenTree{output.size()};
  });
}

bool CheckoutJob::WriteHistory(const std::filesystem::path& out) {
  try {
    WriteWantedHistory(out);
    return true;
  } catch (const base::Error&) {
    if (!request_.history || !request_.history->ahead) {
      throw;
    }
    return false;
  }
}

void CheckoutJob::WriteWantedHistory(const std::filesystem::path& out) {
  if (resolution_.history.empty()) {
    throw base::Error(base::ErrorKind::kInternal, "a history that isn't there was asked for");
  }
  Repairing([&] {
    MakeEmpty(out);
    if (!history_) {
      source_->Resolve();  // Repaired since it was resolved.
      history_.emplace(MakeHistory());
    }
    if (request_.history->depth == 0) {
      source_->FillMirror();
    } else {
      progress_("packing the history: " + std::to_string(history_->commits().size()) + " commits");
    }
    history_->Write(out);
  });
}

std::optional<WrittenTree> CheckoutJob::WriteUpon(const CheckoutBase& base,
                                                  const std::filesystem::path& out) {
  MakeEmpty(out);
  try {
    const base::UniqueFd root = base::OpenDirectory(out);
    OutputTree output(root.get(), request_.limits);
    if (WriteChanges(source_->repository(), ToId(resolution_.tree), base, request_.limits,
                     output)) {
      return WrittenTree{output.size(), base.tree};
    }
  } catch (const base::Error&) {
    // Such as that the repository doesn't have the base any more. What would stop the whole tree
    // too is told by it.
  }
  return std::nullopt;
}

}  // namespace runtime::git
