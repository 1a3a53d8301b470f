#include "runtime/base/error.h"
#include "runtime/image/config.h"
#include "runtime/image/draft_file.h"
#include "runtime/image/image_store.h"
#include "runtime/image/manifest.h"
#include "runtime/image/manifest_blobs.h"
#include "runtime/image/ref_files.h"

namespace runtime::image {
namespace {

using base::Digest;
using base::Error;
using base::ErrorKind;

class FileBlobWriter : public ImageStore::BlobWriter {
 public:
  explicit FileBlobWriter(const base::StateDir& state) : state_(state), file_(state) {}

  void Write(std::string_view data) override {
    file_.Write(data);
    hash_.Update(data);
    size_ += data.size();
  }

  void Finish() override { file_.Finish(); }

  Descriptor Commit(std::string_view media_type, const std::optional<Digest>& expected) override {
    const Digest digest = hash_.Finish();
    if (expected && *expected != digest) {
      throw Error(ErrorKind::kInvalid,
                  "blob " + expected->ToString() + ": the content has digest " + digest.ToString());
    }
    // Replaces an equal blob, and heals a damaged one.
    file_.Publish(state_.blobs() / digest.hex());
    return Descriptor{std::string(media_type), digest, size_};
  }

 private:
  base::StateDir state_;
  DraftFile file_;
  base::Sha256 hash_;
  uint64_t size_ = 0;
};

Descriptor WriteDocument(const ImageStore& store, std::string_view text, const char* media_type) {
  const std::unique_ptr<ImageStore::BlobWriter> blob = store.NewBlob();
  blob->Write(text);
  return blob->Commit(media_type);
}

}  // namespace

std::unique_ptr<ImageStore::BlobWriter> ImageStore::NewBlob() const {
  return std::make_unique<FileBlobWriter>(state_);
}

Image ImageStore::WriteImage(const ImageConfig& config,
                             const std::vector<Descriptor>& blobs) const {
  const base::UniqueFd hold = Hold();
  if (config.diff_ids.size() != blobs.size() || blobs.size() > kMaxLayers) {
    throw Error(ErrorKind::kInvalid, "write an image: " + std::to_string(blobs.size()) +
                                         " layers (at most " + std::to_string(kMaxLayers) +
                                         ") with " + std::to_string(config.diff_ids.size()) +
                                         " diffIDs");
  }
  std::vector<Descriptor> layers;
  for (const Descriptor& blob : blobs) {
    OpenBlob(blob.digest);
    layers.push_back({OciLayerType(blob.media_type), blob.digest, blob.size});
  }
  const Descriptor config_blob = WriteDocument(*this, FormatConfig(config), kConfigType);
  // The manifest last: with it the image is there.
  const Descriptor manifest =
      WriteDocument(*this, FormatManifest(config_blob, layers), kManifestType);
  ForgetRemoved(state_, manifest.digest);
  return Load(manifest);
}

void ImageStore::Tag(const Digest& digest, const Reference& name) const {
  {
    const base::UniqueFd hold = Hold();
    const std::optional<Descriptor> manifest = DescribeManifestBlob(state_, digest);
    if (!manifest) {
      throw Error(ErrorKind::kNotFound, "tag " + name.ToString() + ": no image " +
                                            digest.ToString() + " in " + state_.root().string());
    }
    Load(*manifest);
    WriteRef(state_, {name.ToString(), *manifest});
    ForgetRemoved(state_, digest);
  }
  RewriteIndex(state_);
}

}  // namespace runtime::image
