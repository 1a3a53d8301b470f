// TransferProgress: blobs on their way, shown on standard error.
#pragma once

#include <chrono>
#include <map>

#include "runner/cli.h"
#include "runtime/registry/transfers.h"

namespace runner {

// On a terminal one line that is rewritten at most ten times a second and gone at the end;
// elsewhere one line for each blob that is across; nothing when quiet. One thread at a time.
class TransferProgress {
 public:
  explicit TransferProgress(const Globals& globals) : globals_(globals) {}
  TransferProgress(const TransferProgress&) = delete;
  TransferProgress& operator=(const TransferProgress&) = delete;
  ~TransferProgress();

  void Show(const runtime::registry::Progress& progress);

 private:
  struct Blob {
    uint64_t done = 0;
    uint64_t size = 0;
    bool finished = false;
  };
  void Redraw(bool now);

  const Globals& globals_;
  std::map<runtime::base::Digest, Blob> blobs_;
  std::chrono::steady_clock::time_point drawn_{};
  bool line_open_ = false;
};

}  // namespace runner
