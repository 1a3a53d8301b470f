// ImageStore: the images of one state directory: an OCI image layout (image-layout.md) plus one small
// file per reference, so that finding an image costs the same with one image or thousands.
//
// Safe for several processes at once: blobs and references appear by rename; index.json, which is
// for other tools, is rewritten from refs/ under a lock.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"
#include "runtime/image/image.h"
#include "runtime/image/reference.h"
#include "runtime/layer/layer_store.h"

namespace runtime::image {

class ImageStore {
 public:
  explicit ImageStore(const base::StateDir& state) : state_(state), layers_(state) {}

  // By reference ("debian", "debian:12", "host:5000/a/b:tag", "...@sha256:HEX"), by digest
  // ("sha256:HEX") or by the first 6 or more digits of one. Reads three small files. Nothing when
  // there is none; Error (kInvalid) when a file of the store is damaged or the digits are ambiguous.
  std::optional<Image> Find(std::string_view name) const;

  // Find, or Error (kNotFound) that says what to do.
  Image Get(std::string_view name) const;

  struct Tagged {
    std::string name;
    base::Digest digest;
  };
  std::vector<Tagged> List() const;

  void Tag(const base::Digest& manifest, const Reference& name) const;
  // Removes one reference; the blobs and layers that no reference needs any more go with it.
  void Untag(const Reference& name) const;

  // Streams a blob in: verified against `expected` (digest and size) when given. Publishes nothing
  // when the source throws or the digest differs.
  class BlobWriter;
  std::unique_ptr<BlobWriter> NewBlob() const;
  bool HasBlob(const base::Digest& digest) const;
  base::UniqueFd OpenBlob(const base::Digest& digest) const;
  std::string ReadBlob(const base::Digest& digest, size_t max_bytes) const;

  // Writes config and manifest for these layers; answers the image. Not tagged.
  Image WriteImage(const ImageConfig& config, const std::vector<Descriptor>& blobs) const;

  // Parses manifest and config blobs (bounds, media types, duplicate keys, digests: SECURITY.md
  // "Images and registries").
  Image Load(const Descriptor& manifest) const;

  const layer::LayerStore& layers() const { return layers_; }
  const base::StateDir& state() const { return state_; }

 private:
  base::StateDir state_;
  layer::LayerStore layers_;
};

// Takes one blob. Discards what was written unless Commit() was called.
class ImageStore::BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  virtual void Write(std::string_view data) = 0;
  // Publishes. Throws Error (kInvalid) and publishes nothing when the content isn't `expected`.
  virtual Descriptor Commit(std::string_view media_type,
                            const std::optional<base::Digest>& expected = std::nullopt) = 0;
};

}  // namespace runtime::image
