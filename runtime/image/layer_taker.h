// LayerTaker: a layer of a docker archive, which is plain there, becomes a compressed blob.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/image/image_store.h"
#include "runtime/layer/gzip.h"

namespace runtime::image {

// A layer that is compressed already is taken as it is. Discards everything unless Commit() was
// called. One thread at a time.
class LayerTaker {
 public:
  explicit LayerTaker(const ImageStore& store);
  LayerTaker(const LayerTaker&) = delete;
  LayerTaker& operator=(const LayerTaker&) = delete;
  ~LayerTaker();

  void Write(std::string_view data);
  // All was written. Closes the file; may be called twice.
  void Finish();
  // Finishes and publishes. Once.
  Descriptor Commit();

 private:
  std::unique_ptr<ImageStore::BlobWriter> blob_;
  std::unique_ptr<layer::GzipWriter> gzip_;  // none for a layer that is compressed
  std::string type_;                         // known with the first bytes
};

}  // namespace runtime::image
