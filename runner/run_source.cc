#include "runner/run_source.h"

#include "runner/run_directory.h"
#include "runner/run_finder.h"
#include "runner/server_source.h"
#include "runtime/base/error.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/load.h"
#include "runtime/layer/layer_store.h"
#include "runtime/layer/listing.h"
#include "runtime/layer/pack.h"

namespace runner {
namespace base = runtime::base;
namespace fs = std::filesystem;
namespace {

// A run's directory, with the rest of its state directory around it where there is one.
class DirectorySource : public RunSource {
 public:
  DirectorySource(const base::StateDir& own, const fs::path& file, reports::RunRecord record)
      : record_(std::move(record)),
        paths_(file.parent_path().parent_path(), file.parent_path().filename().string()),
        root_(file.parent_path().parent_path().parent_path()),
        is_own_(root_ == own.root()),
        name_(is_own_ ? "run " + record_.id : "record " + file.string()) {}

  const reports::RunRecord& record() const override { return record_; }
  std::string Name() const override { return name_; }
  bool is_own() const override { return is_own_; }

  std::optional<std::string> Listing(const std::string& step) const override {
    return base::ReadRegularFile(paths_.listing(step), runtime::layer::kMaxListingBytes);
  }

  bool WriteCheckout(const runtime::layer::ByteSink& sink,
                     const std::stop_token& stop) const override {
    const auto layer = runtime::layer::FindLayer(root_ / "layers", "git-" + record_.tree);
    if (!layer) {
      return false;
    }
    runtime::layer::Pack(*layer, sink, {}, stop);
    return true;
  }

  bool FetchImage(const runtime::image::ImageStore& store, const base::Digest& digest,
                  const std::stop_token& stop) const override {
    if (is_own_ || !fs::exists(root_ / runtime::image::BlobName(digest))) {
      return false;
    }
    runtime::image::LoadByDigest(store, *runtime::image::OpenDirectoryLayout(store, root_), digest,
                                 stop);
    return true;
  }

 private:
  const reports::RunRecord record_;
  const RunPaths paths_;
  const fs::path root_;
  const bool is_own_;
  const std::string name_;
};

std::unique_ptr<RunSource> OpenStored(const base::StateDir& state, const std::string& id) {
  const RunPaths paths(state.runs(), id);
  std::optional<reports::RunRecord> record = ReadRunRecord(paths);
  if (!record) {
    throw base::Error(base::ErrorKind::kNotFound, "run " + id + ": its record is missing");
  }
  return std::make_unique<DirectorySource>(state, paths.record(), *std::move(record));
}

std::unique_ptr<RunSource> OpenFileSource(const base::StateDir& state, const std::string& text) {
  std::error_code error;
  fs::path file = fs::canonical(text, error);
  if (!error && fs::is_directory(file)) {
    file /= "record.json";
  }
  return base::WithContext("record " + base::ForMessage(text), [&] {
    const std::optional<std::string> content =
        error ? std::nullopt : base::ReadRegularFile(file, kMaxRecordBytes);
    if (!content) {
      throw base::Error(base::ErrorKind::kNotFound, "there is no such file");
    }
    return std::make_unique<DirectorySource>(state, file, reports::RunRecordFromJson(*content));
  });
}

}  // namespace

std::unique_ptr<RunSource> OpenRunSource(const base::StateDir& state, const std::string& text) {
  if (IsServerUrl(text)) {
    return OpenServerSource(text);
  }
  return text.find('/') != std::string::npos ? OpenFileSource(state, text)
                                             : OpenStored(state, FindRun(state.runs(), text));
}

ComparedRun ComparedRunOf(const RunSource& source) {
  return {source.record(), [&](const std::string& step) { return source.Listing(step); }};
}

}  // namespace runner
