// RunFiles: what a replay fetches of a run (runner/server_source.h): its record, its tree, which
// files its steps changed, and its images. Read-only.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "reports/run_reader.h"
#include "runner/serve/http_message.h"
#include "runtime/base/state_dir.h"
#include "runtime/image/image_store.h"

namespace runner::serve {

// Any thread.
class RunFiles {
 public:
  // `reader` must outlive the object.
  RunFiles(reports::RunReader& reader, const runtime::base::StateDir& state)
      : reader_(reader), state_(state), images_(state) {}

  // Answers GET and HEAD of these below /runs/ID of a run that has ended, nothing for other
  // requests; 404 for what isn't kept:
  //   record.json
  //   tree.tar.gz          its checkout; one request at a time is served, others get 503
  //   files/STEP           what a step changed in the workspace (layer/listing.h)
  //   blobs/sha256/HEX     manifest, config and layers of the images that it used or made
  std::optional<HttpReply> Handle(const HttpCall& call);

 private:
  HttpReply Tree(const reports::RunRecord& run);
  HttpReply Files(const reports::RunRecord& run, const std::string& step) const;
  HttpReply Blob(const reports::RunRecord& run, const std::string& hex) const;
  bool IsOf(const reports::RunRecord& run, const runtime::base::Digest& blob) const;

  reports::RunReader& reader_;
  const runtime::base::StateDir state_;
  const runtime::image::ImageStore images_;
  std::mutex packing_;
};

}  // namespace runner::serve
