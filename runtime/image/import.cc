#include "runtime/image/import.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <functional>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/image/config.h"
#include "runtime/image/layer_blob.h"
#include "runtime/image/manifest.h"
#include "runtime/layer/copy.h"
#include "runtime/layer/unpack.h"

namespace runtime::image {
namespace fs = std::filesystem;
namespace {

Image Import(const ImageStore& store, const ImportOptions& options,
             const std::function<void(const fs::path& directory)>& fill) {
  const base::UniqueFd hold = store.Hold();
  ImageConfig config;
  config.architecture = HostArchitecture();
  Apply(options.changes, config);  // First: a bad change costs no unpacking.

  base::TemporaryDirectory draft = store.layers().NewDraft();
  const fs::path directory = draft.path() / "fs";
  fill(directory);
  config.created = options.created ? *options.created : NewestTime(directory);
  Normalize(directory, config.created);
  const PackedLayer layer = PackLayer(store, directory, config.created);
  config.diff_ids = {layer.diff_id};
  config.history = {{config.created, "import", options.message, false}};
  store.layers().Publish(std::move(draft), ChainIds(config.diff_ids)[0]);
  return store.WriteImage(config, {layer.blob});
}

}  // namespace

Image ImportTar(const ImageStore& store, int fd, const ImportOptions& options) {
  return Import(store, options, [&](const fs::path& directory) {
    layer::Unpack(layer::FromDescriptor(fd), directory);
  });
}

Image ImportDirectory(const ImageStore& store, const fs::path& source,
                      const ImportOptions& options) {
  return Import(store, options, [&](const fs::path& directory) {
    base::MakeDirectories(directory, 0755);
    const base::UniqueFd from = base::OpenFile(source, O_RDONLY | O_DIRECTORY);
    const base::UniqueFd to = base::OpenFile(directory, O_RDONLY | O_DIRECTORY);
    ::fchmod(to.get(), 0755);
    layer::CopyTree(from.get(), "/", to.get(), "/");
  });
}

}  // namespace runtime::image
