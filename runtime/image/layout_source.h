// LayoutSource: the files of an image archive, wherever they lie.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "runtime/image/image_store.h"

namespace runtime::image {

// The name of a blob in a layout (OCI image layout specification, "Blobs").
inline std::string BlobName(const base::Digest& digest) { return "blobs/sha256/" + digest.hex(); }

// Names are paths relative to the archive's root, without "." and "..". One thread at a time.
class LayoutSource {
 public:
  virtual ~LayoutSource() = default;

  // A document of at most kMaxDocumentBytes, or nothing when there is no such file.
  virtual std::optional<std::string> ReadDocument(const std::string& name) = 0;

  // Publishes the file as a blob of the store, its digest and size checked. Error (kInvalid) when
  // they are others or there is no such file. Here and below: may be called again for one file.
  virtual void TakeBlob(const std::string& name, const Descriptor& expected) = 0;

  // Publishes a layer of a docker archive, where layers are plain: compressed, unless it is
  // already.
  virtual Descriptor TakeLayer(const std::string& name) = 0;
};

struct ArchiveLimits {
  uint64_t max_bytes = 64ull << 30;
  uint64_t max_files = 20'000;
  // Uncompressed to compressed bytes, once more than `ratio_from` bytes came out.
  uint64_t max_ratio = 100;
  uint64_t ratio_from = 1ull << 30;
};

// A directory; links in it are refused. It must not change meanwhile.
std::unique_ptr<LayoutSource> OpenDirectoryLayout(const ImageStore& store,
                                                  const std::filesystem::path& directory);

// A tar archive (plain, gzip or zstd), read to its end at once into files of the store's tmp/.
// Doesn't own `fd`. Error (kInvalid) when it is damaged or over a limit.
std::unique_ptr<LayoutSource> ReadTarLayout(const ImageStore& store, int fd,
                                            const ArchiveLimits& limits = {});

}  // namespace runtime::image
