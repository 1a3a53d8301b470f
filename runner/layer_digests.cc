#include "runner/layer_digests.h"

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/layer/glob.h"
#include "runtime/layer/listing.h"
#include "runtime/layer/pack.h"

namespace runner {
namespace base = runtime::base;
namespace layer = runtime::layer;

void LayerDigests::Add(Request request, std::stop_token stop) {
  const std::string step = request.step;
  if (request.layer.empty()) {
    Tell(step, Next(step), {});
    return;
  }
  const layer::LayerId id = request.layer;
  const std::shared_future<std::string> whole = Start(
      step,
      [this, request = std::move(request), stop = std::move(stop)] { return Hash(request, stop); });
  const std::lock_guard lock(mutex_);
  wholes_[id] = whole;
}

void LayerDigests::AddCheckout(const std::string& step, const layer::LayerId& id,
                               std::stop_token stop) {
  Start(step, [this, id, stop = std::move(stop)] { return HashCheckout(id, stop); });
}

LayerDigests::Hashed LayerDigests::Hash(const Request& request, const std::stop_token& stop) const {
  const std::filesystem::path files = layers_.Path(request.layer);
  layer::PackOptions options;
  options.max_mtime = request.max_mtime;
  if (!request.leave_out.empty()) {
    const base::UniqueFd root = base::OpenDirectory(files);
    const std::vector<std::string> found = layer::FindFiles(root.get(), request.leave_out);
    options.leave_out.insert(found.begin(), found.end());
  }
  layer::ListingWriter writer([this](std::string_view text) { return masker_.Mask(text); });
  options.entries = [&](const layer::TarEntry& entry, const std::optional<base::Digest>& content) {
    writer.Add(entry, content);
  };
  Hashed hashed = {layer::Pack(files, nullptr, options, stop).diff_id.ToString(), writer.Finish()};
  hashed.whole = hashed.digest;
  if (!options.leave_out.empty()) {
    hashed.whole =
        layer::Pack(files, nullptr, {.max_mtime = request.max_mtime}, stop).diff_id.ToString();
  }
  return hashed;
}

LayerDigests::Hashed LayerDigests::HashCheckout(const layer::LayerId& id,
                                                const std::stop_token& stop) const {
  std::optional<base::Digest> digest = layers_.DiffId(id);
  if (!digest) {
    digest = layer::Pack(layers_.Directories(id), nullptr, {}, stop).diff_id;
    layers_.NoteDiffId(id, *digest);
  }
  return {digest->ToString()};
}

std::shared_future<std::string> LayerDigests::Start(const std::string& step,
                                                    std::function<Hashed()> hash) {
  const uint64_t number = Next(step);
  std::shared_future<std::string> whole = std::async(std::launch::async, [=, this] {
    Hashed hashed = {kNoDigest};
    try {
      hashed = hash();
    } catch (const base::Error& e) {
      if (e.kind() == base::ErrorKind::kCancelled) {
        return std::string();
      }
      // Names that no archive can have: what the step did stays as it is.
    }
    Tell(step, number, hashed);
    return hashed.whole;
  });
  const std::lock_guard lock(mutex_);
  pending_.push_back(whole);
  return whole;
}

std::string LayerDigests::Of(const layer::LayerId& id) const {
  std::shared_future<std::string> whole;
  {
    const std::lock_guard lock(mutex_);
    const auto found = wholes_.find(id);
    if (found == wholes_.end()) {
      return "";
    }
    whole = found->second;
  }
  return whole.get();
}

uint64_t LayerDigests::Next(const std::string& step) {
  const std::lock_guard lock(mutex_);
  return ++newest_[step];
}

void LayerDigests::Tell(const std::string& step, uint64_t number, const Hashed& hashed) {
  const std::lock_guard lock(mutex_);
  if (newest_[step] != number) {
    return;
  }
  try {
    const std::filesystem::path listing = paths_.listing(step);
    if (hashed.listing) {
      base::MakeDirectories(paths_.listings());
      base::WriteFileAtomically(listing, *hashed.listing, base::Durability::kNoFlush);
    } else {
      std::error_code missing;
      std::filesystem::remove(listing, missing);
    }
  } catch (const base::Error&) {
    // A full disk, of which the record's own failure tells: then its files can't be named later.
  }
  sink_(step, hashed.digest);
}

void LayerDigests::Await() {
  std::vector<std::shared_future<std::string>> pending;
  {
    const std::lock_guard lock(mutex_);
    pending.swap(pending_);
  }
  for (const std::shared_future<std::string>& hashed : pending) {
    hashed.wait();
  }
}

}  // namespace runner
