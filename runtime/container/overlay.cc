#include "runtime/container/overlay.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "runtime/base/error.h"
#include "runtime/layer/overlay_mount.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;

namespace {

// Files made through the overlay get the owner that root has inside. setfsuid(2) drops the file
// capabilities, which the overlay needs: capset(2) takes them back.
void TakeFileSystemIds(const IdMap& map) {
  ::setfsgid(map.base);
  ::setfsuid(map.base);
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2];
  if (::syscall(SYS_capget, &header, data) == 0) {
    data[0].effective = data[0].permitted;
    data[1].effective = data[1].permitted;
    ::syscall(SYS_capset, &header, data);
  }
}

// For the time of a mount.
class FileSystemIds {
 public:
  explicit FileSystemIds(const IdMap& map) { TakeFileSystemIds(map); }
  ~FileSystemIds() {
    ::setfsuid(::geteuid());
    ::setfsgid(::getegid());
  }
  FileSystemIds(const FileSystemIds&) = delete;
  FileSystemIds& operator=(const FileSystemIds&) = delete;
};

struct Feature {
  const char* name;
  const char* value;
};

// What would make a layer mean something to the kernel beyond its files. Redirects that are "off"
// are still followed where the module's redirect_always_follow says so (overlayfs.rst).
constexpr Feature kFeatures[] = {{"index", "off"}, {"xino", "off"}};
// With marks in user.* attributes they are off, and naming them is an error.
constexpr Feature kTrustedFeatures[] = {{"redirect_dir", "nofollow"}, {"metacopy", "off"}};

fs::path Shifted(const fs::path& path, const fs::path& state_root, const fs::path& shifted_root) {
  const fs::path relative = path.lexically_relative(state_root);
  if (relative.empty() || *relative.begin() == "..") {
    throw Error(ErrorKind::kInternal,
                "layer " + path.string() + " isn't below " + state_root.string());
  }
  return shifted_root / relative;
}

// False when it is there already.
bool TryMakeDirectory(const fs::path& path) {
  const bool made = ::mkdir(path.c_str(), 0755) == 0;
  if (!made && errno != EEXIST) {
    throw Error::FromErrno("mkdir " + path.string());
  }
  return made;
}

// The upper directory's owner and mode are those of the container's "/": the topmost layer's.
void MakeWritable(const layer::Snapshot& snapshot) {
  TryMakeDirectory(snapshot.work);
  if (!TryMakeDirectory(snapshot.upper)) {
    return;
  }
  struct stat top;
  if (::stat(snapshot.lower.back().c_str(), &top) != 0 ||
      ::chown(snapshot.upper.c_str(), top.st_uid, top.st_gid) != 0 ||
      ::chmod(snapshot.upper.c_str(), top.st_mode & 07777) != 0) {
    throw Error::FromErrno("make " + snapshot.upper.string() + " like " +
                           snapshot.lower.back().string());
  }
}

int SetString(int context, const char* key, const std::string& value) {
  return static_cast<int>(
      ::syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value.c_str(), 0));
}

// What the kernel logged into the context (fsopen(2)): the reason in words.
std::string Reason(int context) {
  char text[256];
  const ssize_t n = ::read(context, text, sizeof text - 1);
  return n > 2 ? ": " + std::string(text + 2, static_cast<size_t>(n - 2)) : "";
}

UniqueFd MountByOptions(layer::OverlayRequest request, const IdMap& map, bool durable) {
  const auto add = [&](const Feature& feature) {
    request.options += std::string(",") + feature.name + "=" + feature.value;
  };
  std::for_each(std::begin(kFeatures), std::end(kFeatures), add);
  if (map.Shifts()) {
    std::for_each(std::begin(kTrustedFeatures), std::end(kTrustedFeatures), add);
  }
  if (!request.upper.empty() && !durable) {
    request.options += ",volatile";
  }
  request.attributes = MOUNT_ATTR_NODEV;
  request.prepare = [&map] { TakeFileSystemIds(map); };
  return layer::MountOverlayInNamespace(request);
}

}  // namespace

UniqueFd MountOverlay(const layer::Snapshot& snapshot, const fs::path& state_root,
                      const fs::path& shifted_root, const IdMap& map) {
  layer::OverlayRequest request;
  for (const fs::path& layer : snapshot.lower) {
    request.lower.push_back(Shifted(layer, state_root, shifted_root));
  }
  if (snapshot.upper.empty() && request.lower.size() == 1) {
    // Without an upper directory the kernel wants two lower ones: an empty one does.
    request.lower.insert(request.lower.begin(), shifted_root / "mounts");
  }
  if (!snapshot.upper.empty()) {
    MakeWritable(snapshot);
    request.upper = Shifted(snapshot.upper, state_root, shifted_root);
    request.work = Shifted(snapshot.work, state_root, shifted_root);
  }
  if (!layer::OverlayTakesSingleLayers()) {
    return MountByOptions(std::move(request), map, snapshot.durable);
  }
  UniqueFd context(static_cast<int>(::syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC)));
  if (!context) {
    throw Error::FromErrno("overlay file system");
  }
  for (auto layer = request.lower.rbegin(); layer != request.lower.rend(); ++layer) {
    if (SetString(context.get(), "lowerdir+", layer->string()) != 0) {
      const int number = errno;
      throw Error::FromErrno("overlay of " + layer->string() + Reason(context.get()), number);
    }
  }
  const auto set = [&](const Feature& feature) {
    SetString(context.get(), feature.name, feature.value);
  };
  std::for_each(std::begin(kFeatures), std::end(kFeatures), set);
  if (!layer::MarkByUserAttributes(context.get())) {
    std::for_each(std::begin(kTrustedFeatures), std::end(kTrustedFeatures), set);
  }
  if (!request.upper.empty()) {
    if (SetString(context.get(), "upperdir", request.upper.string()) != 0 ||
        SetString(context.get(), "workdir", request.work.string()) != 0) {
      throw Error::FromErrno("overlay upper directory" + Reason(context.get()));
    }
    if (!snapshot.durable) {
      // The writable part dies with its container or is flushed when it is published.
      ::syscall(SYS_fsconfig, context.get(), FSCONFIG_SET_FLAG, "volatile", nullptr, 0);
    }
  }
  {
    const FileSystemIds ids(map);
    if (::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
      const int number = errno;
      throw Error::FromErrno("mount the overlay" + Reason(context.get()), number);
    }
  }
  UniqueFd mount(
      static_cast<int>(::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV)));
  if (!mount) {
    throw Error::FromErrno("mount the overlay");
  }
  return mount;
}

}  // namespace runtime::container
