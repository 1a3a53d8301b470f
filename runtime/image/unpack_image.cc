#include "runtime/image/unpack_image.h"

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"
#include "runtime/image/config.h"
#include "runtime/layer/unpack.h"

namespace runtime::image {
namespace {

using base::Digest;
using base::Error;
using base::ErrorKind;

// Hashes what is read, so that the blob's digest is checked in the same pass.
struct HashedSource {
  layer::ByteSource source;
  base::Sha256 hash;
  uint64_t bytes = 0;

  size_t Read(char* buffer, size_t size) {
    const size_t n = source(buffer, size);
    hash.Update({buffer, n});
    bytes += n;
    return n;
  }
};

void UnpackLayer(const ImageStore& store, const Descriptor& blob, const Digest& diff_id,
                 const layer::LayerId& chain_id, const std::stop_token& stop) {
  const base::UniqueFd fd = store.OpenBlob(blob.digest);
  HashedSource source{layer::FromDescriptor(fd.get()), {}, 0};
  base::TemporaryDirectory draft = store.layers().NewDraft();
  const layer::UnpackResult result = layer::Unpack(
      [&](char* buffer, size_t size) {
        base::ThrowIfStopped(stop);
        return source.Read(buffer, size);
      },
      draft.path() / "fs");
  const Digest digest = source.hash.Finish();
  if (digest != blob.digest || source.bytes != blob.size) {
    throw Error(ErrorKind::kInvalid, "the blob has digest " + digest.ToString() + " and " +
                                         std::to_string(source.bytes) + " bytes; announced were " +
                                         std::to_string(blob.size));
  }
  if (result.diff_id != diff_id) {
    throw Error(ErrorKind::kInvalid, "its content has diffID " + result.diff_id.ToString() +
                                         "; the config says " + diff_id.ToString());
  }
  store.layers().Publish(std::move(draft), chain_id);
}

}  // namespace

void EnsureUnpacked(const ImageStore& store, const std::vector<Descriptor>& blobs,
                    const std::vector<Digest>& diff_ids, const std::stop_token& stop) {
  const std::vector<layer::LayerId> chain = ChainIds(diff_ids);
  for (size_t i = 0; i < chain.size(); ++i) {
    if (store.layers().Has(chain[i])) {
      continue;
    }
    // 256 lock files are enough for layers that rarely meet, and never grow in number.
    const base::FileLock lock(store.state().locks() / ("layer-" + chain[i].substr(0, 2)), stop);
    if (!store.layers().Has(chain[i])) {
      base::WithContext("unpack layer " + blobs[i].digest.ToString(),
                        [&] { UnpackLayer(store, blobs[i], diff_ids[i], chain[i], stop); });
    }
  }
}

void EnsureUnpacked(const ImageStore& store, const Image& image, const std::stop_token& stop) {
  const base::UniqueFd hold = store.Hold();
  EnsureUnpacked(store, image.blobs, image.config.diff_ids, stop);
}

}  // namespace runtime::image
