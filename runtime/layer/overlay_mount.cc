#include "runtime/layer/overlay_mount.h"

#include <fcntl.h>
#include <sched.h>

#include <exception>
#include <string>
#include <thread>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/rootless.h"

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

// Opened in the mounting thread's namespace: overlayfs refuses directories of another one.
class Directories {
 public:
  std::string Name(const fs::path& path) {
    descriptors_.push_back(base::OpenFile(path, O_PATH | O_DIRECTORY));
    return ProcPath(descriptors_.back());
  }

 private:
  std::vector<UniqueFd> descriptors_;
};

UniqueFd MountHere(const OverlayRequest& request) {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    throw Error::FromErrno("make a mount namespace for an overlay");
  }
  Directories directories;
  std::string options;
  for (size_t i = request.lower.size(); i-- > 0;) {  // The kernel wants the topmost first.
    options += (options.empty() ? "lowerdir=" : ":") + directories.Name(request.lower[i]);
  }
  if (!request.upper.empty()) {
    options += ",upperdir=" + directories.Name(request.upper);
    options += ",workdir=" + directories.Name(request.work);
  }
  options += request.options;
  options += base::InInitialUserNamespace() ? "" : ",userxattr";
  const std::string what = "overlay of " + std::to_string(request.lower.size()) + " layers";
  if (options.size() > kMountOptionBytes) {
    throw Error(base::ErrorKind::kUnsupported, what + ": too many for this kernel");
  }
  if (request.prepare) {
    request.prepare();
  }
  const char* target = request.lower.front().c_str();
  if (::mount("overlay", target, "overlay", request.upper.empty() ? MS_RDONLY : 0,
              options.c_str()) != 0) {
    throw Error::FromErrno("mount an " + what);
  }
  UniqueFd clone(::open_tree(AT_FDCWD, target, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  mount_attr attributes = {};
  attributes.attr_set = request.attributes;
  if (!clone ||
      ::mount_setattr(clone.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0) {
    throw Error::FromErrno("detach an " + what);
  }
  return clone;
}

bool AskForSingleLayers() {
  const UniqueFd context(::fsopen("overlay", FSOPEN_CLOEXEC));
  if (!context) {
    throw Error::FromErrno("open an overlay file system");
  }
  // The kernel's stand-in for file systems without a parser of their own takes any string, but no
  // binary value.
  const bool parses = ::fsconfig(context.get(), FSCONFIG_SET_BINARY, "lowerdir+", "/", 1) == 0 ||
                      errno != EOPNOTSUPP;
  return parses && ::fsconfig(context.get(), FSCONFIG_SET_STRING, "lowerdir+", "/", 0) == 0;
}

}  // namespace

bool OverlayTakesSingleLayers() {
  static const bool takes = AskForSingleLayers();  // A kernel doesn't change its mind.
  return takes;
}

bool MarkByUserAttributes(int context) {
  return !base::InInitialUserNamespace() &&
         ::fsconfig(context, FSCONFIG_SET_FLAG, "userxattr", nullptr, 0) == 0;
}

std::optional<UniqueFd> MountOverlayDetached(const std::vector<fs::path>& layers) {
  if (!OverlayTakesSingleLayers()) {
    return std::nullopt;
  }
  const UniqueFd context(::fsopen("overlay", FSOPEN_CLOEXEC));
  if (!context) {
    throw Error::FromErrno("open an overlay file system");
  }
  const std::vector<UniqueFd> descriptors = OpenLayers(layers);
  for (size_t i = descriptors.size(); i-- > 0;) {  // The kernel wants the topmost first.
    if (::fsconfig(context.get(), FSCONFIG_SET_STRING, "lowerdir+",
                   ProcPath(descriptors[i]).c_str(), 0) != 0) {
      throw Error::FromErrno("add layer " + layers[i].string() + " to an overlay");
    }
  }
  MarkByUserAttributes(context.get());
  if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    throw Error::FromErrno("make an overlay of " + std::to_string(layers.size()) + " layers");
  }
  UniqueFd mount(::fsmount(context.get(), FSMOUNT_CLOEXEC, kViewAttributes));
  if (!mount) {
    throw Error::FromErrno("mount an overlay view");
  }
  return mount;
}

UniqueFd MountOverlayInNamespace(const OverlayRequest& request) {
  UniqueFd mount;
  std::exception_ptr failure;
  std::thread([&] {
    try {
      mount = MountHere(request);
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) {
    std::rethrow_exception(failure);
  }
  return mount;
}

}  // namespace runtime::layer
