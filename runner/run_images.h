// RunImages: the images of one run. A name means the same image from the first step that uses it to
// the run's end, whoever moves a tag meanwhile; in a replay, that of the run which is replayed.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "pipeline/step_backend.h"
#include "runtime/base/digest.h"
#include "runtime/base/http.h"
#include "runtime/image/image_store.h"
#include "runtime/registry/client.h"

namespace runner {

// Thread-safe.
class RunImages {
 public:
  // Brings the image to the store, from beside its registry; false when it isn't there. Any thread.
  using Fetch =
      std::function<bool(const runtime::image::ImageStore& store,
                         const runtime::base::Digest& image, const std::stop_token& stop)>;
  // Gets each name with its image ("sha256:..."), once. Any thread.
  using Sink = std::function<void(const std::string& name, const std::string& digest)>;

  // What a replay brings along.
  struct Pinned {
    std::map<std::string, std::string> digests;  // of the names that the other run used
    Fetch fetch;                                 // null: from their registries alone
  };

  // `store` and `http` outlive the object; `sink` may be null.
  RunImages(const runtime::image::ImageStore& store, runtime::base::HttpTransport& http,
            Pinned pinned, Sink sink)
      : store_(store), http_(http), pinned_(std::move(pinned)), sink_(std::move(sink)) {}

  // From the store, else from its registry; its layers unpacked. Throws Error.
  runtime::image::Image Prepare(const std::string& name, pipeline::StepLog& log,
                                const std::stop_token& stop);

  // With the logins of docker's configuration.
  runtime::registry::Client RegistryClient(const std::stop_token& stop) const;

 private:
  std::optional<std::string> Known(const std::string& name);
  std::optional<runtime::image::Image> Used(const std::string& name);
  runtime::image::Image FindPinned(const std::string& name, const std::string& digest,
                                   pipeline::StepLog& log, const std::stop_token& stop);
  runtime::image::Image FindOrPull(const std::string& name, pipeline::StepLog& log,
                                   const std::stop_token& stop);

  const runtime::image::ImageStore& store_;
  runtime::base::HttpTransport& http_;
  const Pinned pinned_;
  const Sink sink_;
  std::mutex mutex_;
  std::map<std::string, runtime::image::Image> used_;  // by name
};

}  // namespace runner
