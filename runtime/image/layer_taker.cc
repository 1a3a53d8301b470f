#include "runtime/image/layer_taker.h"

namespace runtime::image {

LayerTaker::LayerTaker(const ImageStore& store) : blob_(store.NewBlob()) {}

LayerTaker::~LayerTaker() = default;

void LayerTaker::Write(std::string_view data) {
  if (type_.empty() && !data.empty()) {
    type_ = kLayerGzipType;
    if (data.starts_with("\x28\xb5\x2f\xfd")) {
      type_ = "application/vnd.oci.image.layer.v1.tar+zstd";
    } else if (!data.starts_with("\x1f\x8b")) {
      gzip_ = std::make_unique<layer::GzipWriter>(
          [this](std::string_view compressed) { blob_->Write(compressed); });
    }
  }
  if (gzip_) {
    gzip_->Write(data);
  } else {
    blob_->Write(data);
  }
}

void LayerTaker::Finish() {
  if (gzip_) {
    gzip_->Finish();
    gzip_.reset();
  }
  blob_->Finish();
}

Descriptor LayerTaker::Commit() {
  Finish();
  return blob_->Commit(type_);
}

}  // namespace runtime::image
