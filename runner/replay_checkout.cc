#include "runner/replay_checkout.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/git/protocol.h"
#include "runtime/layer/unpack.h"

namespace runner {
namespace base = runtime::base;
namespace layer = runtime::layer;
using base::Error;
using base::ErrorKind;
using base::ForMessage;
using pipeline::Stream;
using reports::RunRecord;
namespace {

layer::LayerId LayerOf(const RunRecord& run) { return "git-" + run.tree; }

pipeline::Checkout CheckoutOf(const RunRecord& run) {
  return {.workspace = {LayerOf(run)},
          .commit = run.commit,
          .tree = run.tree,
          .commit_time = run.commit_time,
          .branch = run.event.branch,
          .title = run.event.title,
          .author = run.event.author};
}

std::optional<base::Digest> ArchiveDigest(const RunRecord& run) {
  const auto clone =
      std::find_if(run.steps.begin(), run.steps.end(),
                   [](const reports::StepRecord& step) { return step.kind == "clone"; });
  return clone == run.steps.end() ? std::nullopt : base::Digest::Parse(clone->layer_digest);
}

// Throws Error unless the repository has it.
void FromRepository(const RunRecord& run, const CloneCall& clone) {
  if (run.commit.empty()) {
    throw Error(ErrorKind::kNotFound, "the run's tree is of no commit");
  }
  pipeline::TriggerEvent event = run.event;
  event.working_tree = false;
  event.commit = run.commit;
  if (clone(event).tree != run.tree) {
    throw Error(ErrorKind::kNotFound,
                "commit " + run.commit + " has another tree: the run had uncommitted changes");
  }
}

// Throws Error unless the run's place has it, whole and unchanged.
void FromPlace(const RunSource& source, const layer::LayerStore& layers,
               const std::stop_token& stop) {
  constexpr uint64_t kMaxBytes = runtime::git::CheckoutLimits().total_bytes;
  const std::optional<base::Digest> expected = ArchiveDigest(source.record());
  if (!expected) {
    throw Error(ErrorKind::kNotFound, "the record has no digest of it");
  }
  base::TemporaryDirectory draft = layers.NewDraft();
  const base::UniqueFd archive =
      base::OpenFile(draft.path() / "archive", O_RDWR | O_CREAT | O_EXCL);
  ::unlink((draft.path() / "archive").c_str());
  uint64_t bytes = 0;
  const bool found = source.WriteCheckout(
      [&](std::string_view data) {
        bytes += data.size();
        if (bytes > kMaxBytes) {
          throw Error(ErrorKind::kInvalid, "the archive is too large");
        }
        base::WriteAll(archive.get(), data, "the archive");
      },
      stop);
  if (!found) {
    throw Error(ErrorKind::kNotFound, "it isn't kept there");
  }
  if (::lseek(archive.get(), 0, SEEK_SET) != 0) {
    throw Error::FromErrno("read the archive");
  }
  const layer::UnpackResult unpacked =
      layer::Unpack(layer::FromDescriptor(archive.get()), draft.path() / "fs",
                    {.max_bytes = kMaxBytes, .paths = {}});
  if (unpacked.diff_id != *expected) {
    throw Error(ErrorKind::kInvalid,
                "it has another content than the record says: " + unpacked.diff_id.ToString() +
                    " in place of " + expected->ToString());
  }
  layers.Publish(std::move(draft), LayerOf(source.record()));
}

// Why that place didn't help; nothing when it did.
template <typename F>
std::optional<std::string> Try(const std::string& place, pipeline::StepLog& log, F&& take) {
  log.Line(Stream::kRunner, "the run's tree from " + place);
  try {
    take();
    return std::nullopt;
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kCancelled) {
      throw;
    }
    log.Line(Stream::kRunner, e.what());
    return "; " + place + ": " + e.what();
  }
}

}  // namespace

void RequireTreeId(const std::string& tree) {
  if (!runtime::git::IsObjectId(tree)) {
    throw Error(ErrorKind::kInvalid,
                "run record: '" + ForMessage(tree.substr(0, 80)) + "' is no id of a tree");
  }
}

CheckoutSource ReplayCheckout(const RunSource& source, const std::filesystem::path& repository) {
  return [&source, repository](const layer::LayerStore& layers, const CloneCall& clone,
                               pipeline::StepLog& log, const std::stop_token& stop) {
    const RunRecord& run = source.record();
    const auto from_repository = [&] {
      const std::string url = repository.empty() ? run.event.clone_url : repository.string();
      return Try("repository " + ForMessage(url), log, [&] { FromRepository(run, clone); });
    };
    const auto from_place = [&]() -> std::optional<std::string> {
      return source.is_own() ? std::string()
                             : Try(source.Name(), log, [&] { FromPlace(source, layers, stop); });
    };
    if (layers.Has(LayerOf(run))) {
      log.Line(Stream::kRunner, "the run's tree is in this store");
      return CheckoutOf(run);
    }
    // Uncommitted changes are in no repository.
    std::string reasons;
    for (const bool repository_now : {!run.event.working_tree, run.event.working_tree}) {
      const std::optional<std::string> reason = repository_now ? from_repository() : from_place();
      if (!reason) {
        return CheckoutOf(run);
      }
      reasons += *reason;
    }
    throw Error(ErrorKind::kNotFound,
                "the tree " + run.tree + " of run " + run.id +
                    " is nowhere to be had (a directory that has it may be given: runner exec DIR "
                    "--run RUN)" +
                    reasons);
  };
}

}  // namespace runner
