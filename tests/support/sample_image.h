// SampleImage: a small image as the bytes that a registry serves.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/digest.h"
#include "runtime/image/image_store.h"

namespace tests {

// linux on this machine's architecture; layer i holds one file "file-i" of hardly compressible
// bytes.
struct SampleImage {
  std::string config;
  std::vector<std::string> layers;  // tar, gzip
  std::string manifest;

  runtime::base::Digest digest() const { return runtime::base::Digest::Of(manifest); }
  std::string layer_digest(size_t i) const {
    return runtime::base::Digest::Of(layers[i]).ToString();
  }
  // The blob of that digest, or nothing.
  std::optional<std::string> Blob(const std::string& digest) const;
};

// `seed` makes the content differ.
SampleImage MakeSampleImage(size_t layers, size_t file_bytes, unsigned seed = 1);

// Puts it into a store; not tagged.
runtime::image::Image WriteSampleImage(const runtime::image::ImageStore& store,
                                       const SampleImage& sample);

// A tar archive of that one regular file, compressed.
std::string OneFileLayer(const std::string& name, const std::string& content);
std::string Gzip(const std::string& data);

}  // namespace tests
