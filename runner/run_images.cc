#include "runner/run_images.h"

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/unpack_image.h"

namespace runner {
namespace base = runtime::base;
namespace image = runtime::image;
using pipeline::Stream;
namespace {

image::Reference ReferenceOf(const std::string& name) {
  const std::optional<image::Reference> reference = image::Reference::Parse(name);
  if (!reference) {
    throw base::Error(base::ErrorKind::kUsage,
                      "image '" + base::ForMessage(name) + "': not a valid reference");
  }
  return *reference;
}

}  // namespace

std::optional<std::string> RunImages::Known(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (const auto used = used_.find(name); used != used_.end()) {
    return used->second.manifest.digest.ToString();
  }
  if (const auto pinned = pinned_.digests.find(name); pinned != pinned_.digests.end()) {
    return pinned->second;
  }
  return base::Digest::Parse(name) ? std::optional(name) : std::nullopt;
}

// Nothing where it was taken out of the store since.
std::optional<image::Image> RunImages::Used(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto used = used_.find(name);
  return used != used_.end() && store_.HasBlob(used->second.manifest.digest)
             ? std::optional(used->second)
             : std::nullopt;
}

image::Image RunImages::Prepare(const std::string& name, pipeline::StepLog& log,
                                const std::stop_token& stop) {
  if (std::optional<image::Image> used = Used(name)) {
    image::EnsureUnpacked(store_, *used, stop);
    return *std::move(used);
  }
  const std::optional<std::string> known = Known(name);
  image::Image found = known ? FindPinned(name, *known, log, stop) : FindOrPull(name, log, stop);
  bool is_new = false;
  {
    const std::lock_guard lock(mutex_);
    const auto [used, inserted] = used_.try_emplace(name, found);
    is_new = inserted;
    found = used->second;  // Another step may have been first.
  }
  image::EnsureUnpacked(store_, found, stop);
  if (is_new && sink_) {
    sink_(name, found.manifest.digest.ToString());
  }
  return found;
}

image::Image RunImages::FindPinned(const std::string& name, const std::string& digest,
                                   pipeline::StepLog& log, const std::stop_token& stop) {
  const std::optional<base::Digest> wanted = base::Digest::Parse(digest);
  if (!wanted) {
    throw base::Error(base::ErrorKind::kInvalid, "image " + base::ForMessage(name) + ": '" +
                                                     base::ForMessage(digest) + "' is no digest");
  }
  if (std::optional<image::Image> found = store_.Find(digest)) {
    return *std::move(found);
  }
  const std::string what = name == digest ? digest : base::ForMessage(name) + " " + digest;
  std::string reason;
  if (pinned_.fetch) {
    log.Line(Stream::kRunner, "fetch " + what);
    try {
      if (pinned_.fetch(store_, *wanted, stop)) {
        return store_.Get(digest);
      }
      reason = "it isn't where the run's record is";
    } catch (const base::Error& e) {
      if (e.kind() == base::ErrorKind::kCancelled) {
        throw;
      }
      reason = e.what();
    }
    log.Line(Stream::kRunner, reason);
    reason = "; nor could it be fetched from where the run's record is: " + reason;
  }
  if (name == digest) {
    throw base::Error(base::ErrorKind::kNotFound,
                      "image " + digest + " is not in the store (runner image ls)" + reason);
  }
  image::Reference reference = ReferenceOf(name);
  reference.digest = *wanted;
  log.Line(Stream::kRunner, "pull " + what);
  try {
    return RegistryClient(stop).Pull(store_, reference, {}, stop);
  } catch (const base::Error& e) {
    throw e.Within("image " + what + " is not in the store" + reason);
  }
}

image::Image RunImages::FindOrPull(const std::string& name, pipeline::StepLog& log,
                                   const std::stop_token& stop) {
  if (std::optional<image::Image> found = store_.Find(name)) {
    return *std::move(found);
  }
  const image::Reference reference = ReferenceOf(name);
  log.Line(Stream::kRunner, "pull " + base::ForMessage(name));
  try {
    return RegistryClient(stop).Pull(store_, reference, {}, stop);
  } catch (const base::Error& e) {
    throw e.Within("image " + base::ForMessage(name) + " is not in the store (runner image ls)");
  }
}

runtime::registry::Client RunImages::RegistryClient(const std::stop_token& stop) const {
  using runtime::registry::DockerConfig;
  return {http_, [stop](const std::string& host) {
            return DockerConfig(DockerConfig::DefaultFile()).Find(host, stop);
          }};
}

}  // namespace runner
