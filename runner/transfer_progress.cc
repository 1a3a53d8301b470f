#include "runner/transfer_progress.h"

#include <cstdio>

#include "runtime/base/units.h"

namespace runner {
namespace {

constexpr std::chrono::milliseconds kRedrawEvery{100};
constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

using runtime::base::FormatSize;
using runtime::registry::Progress;

TransferProgress::~TransferProgress() {
  if (line_open_) {
    std::fputs(kClearLine, stderr);
  }
}

void TransferProgress::Show(const Progress& progress) {
  if (globals_.quiet) {
    return;
  }
  const bool present = progress.event == Progress::Event::kPresent;
  const bool finished = present || progress.event == Progress::Event::kDone;
  blobs_[progress.blob.digest] = {present ? progress.blob.size : progress.done, progress.blob.size,
                                  finished};
  if (globals_.terminal) {
    Redraw(finished);
  } else if (finished) {
    std::fprintf(stderr, "sha256:%s  %s  %s\n", progress.blob.digest.hex().substr(0, 12).c_str(),
                 FormatSize(progress.blob.size).c_str(), present ? "already there" : "done");
  }
}

void TransferProgress::Redraw(bool now) {
  const auto time = std::chrono::steady_clock::now();
  if (!now && time < drawn_ + kRedrawEvery) {
    return;
  }
  drawn_ = time;
  line_open_ = true;
  uint64_t done = 0;
  uint64_t size = 0;
  size_t finished = 0;
  for (const auto& [digest, blob] : blobs_) {
    done += blob.done;
    size += blob.size;
    finished += blob.finished ? 1 : 0;
  }
  std::fprintf(stderr, "%s%zu of %zu blobs, %s of %s", kClearLine, finished, blobs_.size(),
               FormatSize(done).c_str(), FormatSize(size).c_str());
}

}  // namespace runner
