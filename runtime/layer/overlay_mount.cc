#include "runtime/layer/overlay_mount.h"

#include <fcntl.h>
#include <sched.h>

#include <exception>
#include <string>
#include <thread>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::layer {
namespace fs = std::filesystem;
using base::Error;
using base::UniqueFd;
namespace {

constexpr size_t kMountOptionBytes = 4095;  // mount(2) copies one page

std::vector<UniqueFd> OpenLayers(const std::vector<fs::path>& layers) {
  std::vector<UniqueFd> descriptors;
  descriptors.reserve(layers.size());
  for (const fs::path& layer : layers) {
    descriptors.push_back(base::OpenFile(layer, O_PATH | O_DIRECTORY));
  }
  return descriptors;
}

std::string ProcPath(const UniqueFd& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

UniqueFd MountHere(const std::vector<fs::path>& layers) {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    throw Error::FromErrno("make a mount namespace for an overlay view");
  }
  // Opened in this namespace: overlayfs refuses directories of another one.
  const std::vector<UniqueFd> descriptors = OpenLayers(layers);
  std::string options = "lowerdir=";
  for (size_t i = descriptors.size(); i-- > 0;) {
    options += ProcPath(descriptors[i]) + (i > 0 ? ":" : "");
  }
  if (options.size() > kMountOptionBytes) {
    throw Error(base::ErrorKind::kUnsupported, "overlay of " + std::to_string(layers.size()) +
                                                   " layers: too many for this kernel");
  }
  const char* target = layers.front().c_str();
  if (::mount("overlay", target, "overlay", MS_RDONLY, options.c_str()) != 0) {
    throw Error::FromErrno("mount an overlay of " + std::to_string(layers.size()) + " layers");
  }
  UniqueFd clone(::open_tree(AT_FDCWD, target, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  mount_attr attributes = {};
  attributes.attr_set = kViewAttributes;
  if (!clone ||
      ::mount_setattr(clone.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0) {
    throw Error::FromErrno("detach an overlay view");
  }
  return clone;
}

}  // namespace

std::optional<UniqueFd> MountOverlayDetached(const std::vector<fs::path>& layers) {
  const UniqueFd context(::fsopen("overlay", FSOPEN_CLOEXEC));
  if (!context) {
    throw Error::FromErrno("open an overlay file system");
  }
  const std::vector<UniqueFd> descriptors = OpenLayers(layers);
  for (size_t i = descriptors.size(); i-- > 0;) {  // The kernel wants the topmost first.
    if (::fsconfig(context.get(), FSCONFIG_SET_STRING, "lowerdir+",
                   ProcPath(descriptors[i]).c_str(), 0) != 0) {
      if (errno == EINVAL && i + 1 == descriptors.size()) {
        return std::nullopt;
      }
      throw Error::FromErrno("add layer " + layers[i].string() + " to an overlay");
    }
  }
  if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    throw Error::FromErrno("make an overlay of " + std::to_string(layers.size()) + " layers");
  }
  UniqueFd mount(::fsmount(context.get(), FSMOUNT_CLOEXEC, kViewAttributes));
  if (!mount) {
    throw Error::FromErrno("mount an overlay view");
  }
  return mount;
}

UniqueFd MountOverlayInNamespace(const std::vector<fs::path>& layers) {
  UniqueFd view;
  std::exception_ptr failure;
  std::thread([&] {
    try {
      view = MountHere(layers);
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) {
    std::rethrow_exception(failure);
  }
  return view;
}

}  // namespace runtime::layer
