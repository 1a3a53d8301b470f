#include "runtime/image/layer_blob.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/attributes.h"
#include "runtime/layer/pack.h"
#include "runtime/layer/tree_walk.h"

namespace runtime::image {
namespace fs = std::filesystem;

PackedLayer PackLayer(const ImageStore& store, const fs::path& directory, int64_t max_mtime,
                      const std::stop_token& stop, const std::set<std::string>& leave_out) {
  const auto writer = store.NewBlob();
  layer::PackOptions options;
  options.max_mtime = max_mtime;
  options.leave_out = leave_out;
  const layer::PackResult packed = layer::Pack(
      directory, [&](std::string_view data) { writer->Write(data); }, options, stop);
  return {writer->Commit(kLayerGzipType), packed.diff_id};
}

int64_t NewestTime(const fs::path& directory) {
  const base::UniqueFd root = base::OpenDirectory(directory);
  layer::TreeWalk walk(root.get());
  layer::TreeWalk::Entry entry;
  int64_t newest = 0;
  while (walk.Next(entry)) {
    if (!entry.is_directory()) {
      newest = std::max<int64_t>(newest, entry.st.st_mtim.tv_sec);
    }
  }
  return newest;
}

void Normalize(const fs::path& directory, int64_t max_mtime, const std::stop_token& stop) {
  const base::UniqueFd root = base::OpenDirectory(directory);
  layer::TreeWalk walk(root.get());
  layer::TreeWalk::Entry entry;
  while (walk.Next(entry)) {
    base::ThrowIfStopped(stop);
    const std::string path = "/proc/self/fd/" + std::to_string(entry.parent) + "/" + entry.name;
    for (const char* mark : {"origin", "impure"}) {
      const std::string attribute = std::string(layer::OverlayPrefix()) + mark;
      if (::lremovexattr(path.c_str(), attribute.c_str()) != 0 && errno != ENODATA &&
          errno != EOPNOTSUPP && errno != EPERM) {
        throw base::Error::FromErrno("clean " + base::ForMessage(entry.path));
      }
    }
    const timespec times[2] = {
        {0, UTIME_OMIT},
        {static_cast<time_t>(std::min<int64_t>(entry.st.st_mtim.tv_sec, max_mtime)), 0}};
    if (::utimensat(entry.parent, entry.name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
      throw base::Error::FromErrno("set the time of " + base::ForMessage(entry.path));
    }
  }
}

}  // namespace runtime::image
