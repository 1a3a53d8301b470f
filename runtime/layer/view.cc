#include "runtime/layer/view.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <optional>
#include <utility>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/layer/overlay_mount.h"

namespace runtime::layer {
using base::Error;
using base::UniqueFd;
namespace {

UniqueFd CloneReadOnly(const std::filesystem::path& directory) {
  UniqueFd clone(::open_tree(AT_FDCWD, directory.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!clone) {
    throw Error::FromErrno("clone the mount of " + directory.string());
  }
  mount_attr attributes = {};
  attributes.attr_set = kViewAttributes;
  if (::mount_setattr(clone.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0) {
    throw Error::FromErrno("make a read-only view of " + directory.string());
  }
  return clone;
}

}  // namespace

UniqueFd OpenView(const Snapshot& snapshot) {
  std::vector<std::filesystem::path> layers = snapshot.lower;
  // The upper directory is read as one more lower layer, so that reading changes nothing.
  struct stat st;
  if (!snapshot.upper.empty() && ::stat(snapshot.upper.c_str(), &st) == 0) {
    layers.push_back(snapshot.upper);
  }
  if (layers.empty()) {
    throw Error(base::ErrorKind::kInvalid, "open a view: the snapshot has no layer");
  }
  // overlayfs refuses a single lower layer without an upper one.
  if (layers.size() == 1) {
    return CloneReadOnly(layers.front());
  }
  if (std::optional<UniqueFd> view = MountOverlayDetached(layers)) {
    return std::move(*view);
  }
  OverlayRequest request;
  request.lower = std::move(layers);
  request.attributes = kViewAttributes;
  return MountOverlayInNamespace(request);
}

}  // namespace runtime::layer
