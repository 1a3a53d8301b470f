#include "runtime/image/build.h"

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/build_root.h"
#include "runtime/image/config.h"
#include "runtime/image/layer_blob.h"
#include "runtime/image/manifest.h"
#include "runtime/image/unpack_image.h"

namespace runtime::image {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

// History is one line for people; a long list of copies is cut.
constexpr size_t kMaxHistoryText = 1000;

std::string DescribeCopies(const std::vector<ImageCopy>& copies) {
  std::string text = copies.empty() ? "config" : "copy";
  for (const ImageCopy& copy : copies) {
    text += (text == "copy" ? " " : ", ") + base::ForMessage(copy.source) + " to " +
            base::ForMessage(copy.target);
    if (text.size() > kMaxHistoryText) {
      return text.substr(0, kMaxHistoryText) + "...";
    }
  }
  return text;
}

ImageConfig StartingConfig(const std::optional<Image>& base) {
  if (base) {
    return base->config;
  }
  ImageConfig config;
  config.architecture = HostArchitecture();
  return config;
}

void Copy(const ImageStore& store, const std::optional<Image>& base,
          const std::vector<ImageCopy>& copies, const fs::path& draft,
          const std::stop_token& stop) {
  std::vector<fs::path> lower;
  if (base) {
    EnsureUnpacked(store, *base, stop);
    for (const layer::LayerId& id : base->layers) {
      lower.push_back(store.layers().Path(id));
    }
  }
  const base::UniqueFd root = OpenBuildRoot(lower, draft);
  for (const ImageCopy& copy : copies) {
    layer::CopyOptions options;
    options.owner = copy.owner;
    options.leave_out = copy.leave_out;
    layer::CopyTree(copy.view, copy.source, root.get(), copy.target, options, stop);
  }
}

Image Finish(const ImageStore& store, const std::optional<Image>& base, ImageConfig config,
             const std::optional<PackedLayer>& layer, int64_t created,
             const std::string& created_by) {
  std::vector<Descriptor> blobs = base ? base->blobs : std::vector<Descriptor>();
  if (layer) {
    blobs.push_back(layer->blob);
    config.diff_ids.push_back(layer->diff_id);
  }
  config.created = created;
  config.history.push_back({created, created_by, "", !layer});
  return store.WriteImage(config, blobs);
}

}  // namespace

Image BuildImage(const ImageStore& store, const std::optional<Image>& base,
                 const BuildOptions& options, const std::stop_token& stop) {
  if (!base && options.copies.empty()) {
    throw Error(ErrorKind::kUsage, "an image needs a base or files");
  }
  const base::UniqueFd hold = store.Hold();
  ImageConfig config = StartingConfig(base);
  Apply(options.changes, config);
  std::optional<PackedLayer> layer;
  if (!options.copies.empty()) {
    base::TemporaryDirectory draft = store.layers().NewDraft();
    Copy(store, base, options.copies, draft.path(), stop);
    Normalize(draft.path() / "fs", options.created, stop);
    layer = PackLayer(store, draft.path() / "fs", options.created, stop);
    std::vector<base::Digest> diff_ids = config.diff_ids;
    diff_ids.push_back(layer->diff_id);
    base::RemoveTree(draft.path() / "work");
    store.layers().Publish(std::move(draft), ChainIds(diff_ids).back());
  }
  return Finish(store, base, std::move(config), layer, options.created,
                DescribeCopies(options.copies));
}

Image CommitLayer(const ImageStore& store, const Image& base, ImageConfig config,
                  const fs::path& directory, const CommitOptions& options) {
  const base::UniqueFd hold = store.Hold();
  Apply(options.changes, config);
  const PackedLayer layer = PackLayer(store, directory, options.created, {}, options.leave_out);
  std::vector<Descriptor> blobs = base.blobs;
  blobs.push_back(layer.blob);
  config.diff_ids = base.config.diff_ids;
  config.diff_ids.push_back(layer.diff_id);
  config.created = options.created;
  config.author = options.author;
  config.history = base.config.history;
  config.history.push_back(
      {options.created, options.created_by, options.message, false, options.author});
  Image image = store.WriteImage(config, blobs);
  EnsureUnpacked(store, image);
  return image;
}

}  // namespace runtime::image
