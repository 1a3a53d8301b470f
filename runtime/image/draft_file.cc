#include "runtime/image/draft_file.h"

#include <fcntl.h>

#include <cstdio>
#include <cstdlib>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::image {
namespace {

// The disk writes while we still hash and receive, so that the flush at the end waits for little.
constexpr uint64_t kWritebackStep = 8u << 20;

}  // namespace

DraftFile::DraftFile(const base::StateDir& state) {
  std::string path;
  do {
    path = (state.tmp() / "blob-XXXXXX").string();
    fd_.Reset(::mkostemp(path.data(), O_CLOEXEC));
    if (!fd_) {
      throw base::Error::FromErrno("create a file in " + state.tmp().string());
    }
  } while (!base::HoldFromSweep(fd_.get()));
  held_ = base::Duplicate(fd_.get());
  path_ = path;
}

DraftFile::~DraftFile() {
  if (!path_.empty()) {
    ::unlink(path_.c_str());
  }
}

void DraftFile::Write(std::string_view data) {
  base::WriteAll(fd_.get(), data, path_.string());
  written_ += data.size();
  if (written_ - started_ >= kWritebackStep) {
    ::sync_file_range(fd_.get(), static_cast<off64_t>(started_),
                      static_cast<off64_t>(written_ - started_), SYNC_FILE_RANGE_WRITE);
    started_ = written_;
  }
}

void DraftFile::Finish() {
  if (!fd_) {
    return;
  }
  if (::fdatasync(fd_.get()) != 0) {
    throw base::Error::FromErrno("flush " + path_.string());
  }
  fd_.Close();
}

void DraftFile::Publish(const std::filesystem::path& path) {
  Finish();
  if (::rename(path_.c_str(), path.c_str()) != 0) {
    throw base::Error::FromErrno("rename to " + path.string());
  }
  path_.clear();
  held_.Reset();
}

void FlushDirectory(const std::filesystem::path& directory) {
  const base::UniqueFd fd = base::OpenFile(directory, O_RDONLY | O_DIRECTORY);
  if (::fsync(fd.get()) != 0) {
    throw base::Error::FromErrno("flush " + directory.string());
  }
}

}  // namespace runtime::image
