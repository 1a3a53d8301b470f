// RunSource: a run that is kept somewhere, to be compared and replayed: in this state directory, in
// another one of this host, as a record alone, or on a server.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "reports/run_record.h"
#include "runner/run_comparison.h"
#include "runtime/base/digest.h"
#include "runtime/base/state_dir.h"
#include "runtime/image/image_store.h"
#include "runtime/layer/gzip.h"

namespace runner {

// All that it gives but a store's own is untrusted; the caller checks digests. One thread at a time
// unless it says otherwise. Throws Error; kNotFound when there is no such run.
class RunSource {
 public:
  virtual ~RunSource() = default;

  // Of a form that can be replayed or compared: read once, its id checked.
  virtual const reports::RunRecord& record() const = 0;
  // "run 01kh...", "record /tmp/r.json", "https://ci.example.org/runs/01kh..."
  virtual std::string Name() const = 0;
  // Was it made in this state directory?
  virtual bool is_own() const = 0;

  // What a step changed (layer/listing.h); nothing where that isn't kept.
  virtual std::optional<std::string> Listing(const std::string& step) const = 0;
  // The archive of the run's tree, in any compression; false, with nothing written, where it isn't
  // kept.
  virtual bool WriteCheckout(const runtime::layer::ByteSink& sink,
                             const std::stop_token& stop) const = 0;
  // Brings an image that the run used; false where it isn't kept. Any thread.
  virtual bool FetchImage(const runtime::image::ImageStore& store,
                          const runtime::base::Digest& digest,
                          const std::stop_token& stop) const = 0;
};

// `text`: what FindRun() takes, the path of a record or of a run's directory, with a slash in it,
// or the URL of a run on a server.
std::unique_ptr<RunSource> OpenRunSource(const runtime::base::StateDir& state,
                                         const std::string& text);

// `source` outlives the answer.
ComparedRun ComparedRunOf(const RunSource& source);

}  // namespace runner
