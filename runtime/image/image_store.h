// ImageStore: the images of one state directory: an OCI image layout (image-layout.md) plus one
// small file per reference, so that finding an image costs the same with one image or thousands.
//
// Safe for several processes at once: blobs and references appear by rename; index.json, which is
// for other tools, is rewritten from refs/ under a lock. Removal happens only while nobody holds
// the store (Hold), and leaves layers that a container uses (HoldLayers).
//
// An image without a reference stays until its last reference was removed or Remove() was called:
// what a run has built is found by digest.
#pragma once

#include <memory>
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
  // there is none; Error (kInvalid) when a file of the store is damaged or the digits are
  // ambiguous. "debian" also finds "docker.io/library/debian", and the other way round, when there
  // is no image of exactly that name. Thread-safe, as everything here.
  std::optional<Image> Find(std::string_view name) const;

  // Find, or Error (kNotFound) that says what to do.
  Image Get(std::string_view name) const;

  // Whether there is a reference of this name (or its other spelling), damaged or not.
  bool HasName(const Reference& name) const;

  struct Tagged {
    std::string name;
    base::Digest digest;
  };
  std::vector<Tagged> List() const;
  // All images, named or not. Looks into every small blob.
  std::vector<base::Digest> ListImages() const;

  // Error (kNotFound) when there is no such manifest, (kInvalid) when it is damaged.
  void Tag(const base::Digest& manifest, const Reference& name) const;
  // Removes one reference. When it was the image's last one the image goes too, with all blobs and
  // layers that no other image needs (Sweep). Works on a full disk. Error (kNotFound).
  void Untag(const Reference& name) const;
  // Removes an image and all its references.
  void Remove(const base::Digest& manifest) const;
  // Removes blobs that no image needs and unpacked image layers that no image and no container
  // needs. False, with nothing removed, while somebody holds the store: what was untagged
  // meanwhile goes with the next sweep.
  bool Sweep() const;

  // While the answer lives, no process removes a blob or an image's layers. To be held from the
  // first HasBlob to WriteImage and Tag by whoever writes an image, and by whoever reads several
  // blobs. Waits for a sweep that is under way.
  base::UniqueFd Hold() const;
  // While the answer lives, no sweep removes these unpacked layers; for the life of a container.
  // Error (kNotFound) when one isn't there.
  std::vector<base::UniqueFd> HoldLayers(const std::vector<layer::LayerId>& ids) const;

  // Streams a blob in: verified against `expected` (digest and size) when given. Publishes nothing
  // when the source throws or the digest differs.
  class BlobWriter;
  std::unique_ptr<BlobWriter> NewBlob() const;
  bool HasBlob(const base::Digest& digest) const;
  // Error (kInvalid) when it is missing, here and below: the store is damaged then.
  base::UniqueFd OpenBlob(const base::Digest& digest) const;
  // The whole blob, its digest checked.
  std::string ReadBlob(const base::Digest& digest, size_t max_bytes) const;

  // Writes config and manifest for these layers; answers the image. Not tagged. Equal input gives
  // an equal image.
  Image WriteImage(const ImageConfig& config, const std::vector<Descriptor>& blobs) const;

  // Parses manifest and config blobs (bounds, media types, duplicate keys, digests: SECURITY.md
  // "Images and registries").
  Image Load(const Descriptor& manifest) const;

  const layer::LayerStore& layers() const { return layers_; }
  const base::StateDir& state() const { return state_; }

 private:
  std::optional<Image> FindByDigest(const base::Digest& digest) const;

  base::StateDir state_;
  layer::LayerStore layers_;
};

// Takes one blob. Discards what was written unless Commit() was called. One thread at a time.
class ImageStore::BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  // Throws Error (kNoSpace) when the disk is full.
  virtual void Write(std::string_view data) = 0;
  // Closes the file, for whoever keeps many writers before they commit. Only Commit may follow.
  virtual void Finish() = 0;
  // Publishes. Throws Error (kInvalid) and publishes nothing when the content isn't `expected`.
  virtual Descriptor Commit(std::string_view media_type,
                            const std::optional<base::Digest>& expected = std::nullopt) = 0;
};

}  // namespace runtime::image
