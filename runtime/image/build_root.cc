#include "runtime/image/build_root.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/rootless.h"
#include "runtime/layer/overlay_mount.h"

namespace runtime::image {
namespace fs = std::filesystem;
namespace {

using base::Error;
using base::UniqueFd;

// Neither the characters nor the length of a path matter this way (fsconfig(2) takes 255 bytes).
std::string ProcPath(const UniqueFd& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

void Set(const UniqueFd& context, const char* key, const std::string& value) {
  if (::fsconfig(context.get(), FSCONFIG_SET_STRING, key, value.c_str(), 0) != 0) {
    throw Error::FromErrno(std::string("build: overlay option ") + key);
  }
}

// A layer is its files alone, without what these features store beside them.
// The first two need marks in trusted.* attributes: without those they are off, and naming them is
// an error.
std::vector<const char*> Off() {
  return base::InInitialUserNamespace()
             ? std::vector<const char*>{"redirect_dir", "metacopy", "index"}
             : std::vector<const char*>{"index"};
}

constexpr uint64_t kAttributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

UniqueFd MountByOptions(const std::vector<fs::path>& lower, const fs::path& draft) {
  // Without "volatile" the unmount flushes the whole disk.
  std::string options = ",volatile";
  for (const char* feature : Off()) {
    options += std::string(",") + feature + "=off";
  }
  layer::OverlayRequest request;
  request.lower = lower;
  request.upper = draft / "fs";
  request.work = draft / "work";
  request.options = std::move(options);
  request.attributes = kAttributes;
  return layer::MountOverlayInNamespace(request);
}

}  // namespace

UniqueFd OpenBuildRoot(const std::vector<fs::path>& lower, const fs::path& draft) {
  base::MakeDirectories(draft / "fs", 0755);
  UniqueFd upper = base::OpenDirectory(draft / "fs");
  if (::fchmod(upper.get(), 0755) != 0) {  // The umask may have taken bits.
    throw Error::FromErrno("build: prepare the layer");
  }
  if (lower.empty()) {
    return upper;
  }
  base::MakeDirectories(draft / "work");
  if (!layer::OverlayTakesSingleLayers()) {
    return MountByOptions(lower, draft);
  }
  const UniqueFd work = base::OpenDirectory(draft / "work");
  std::vector<UniqueFd> layers;
  for (const fs::path& path : lower) {
    layers.push_back(base::OpenDirectory(path));
  }
  const UniqueFd context(::fsopen("overlay", FSOPEN_CLOEXEC));
  if (!context) {
    throw Error::FromErrno("build: open an overlay file system");
  }
  for (size_t i = layers.size(); i-- > 0;) {  // The kernel wants the topmost first.
    Set(context, "lowerdir+", ProcPath(layers[i]));
  }
  for (const char* feature : Off()) {
    Set(context, feature, "off");
  }
  layer::MarkByUserAttributes(context.get());
  Set(context, "upperdir", ProcPath(upper));
  Set(context, "workdir", ProcPath(work));
  // Without it the unmount flushes the whole disk.
  ::fsconfig(context.get(), FSCONFIG_SET_FLAG, "volatile", nullptr, 0);
  if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    throw Error::FromErrno("build: mount an overlay of " + std::to_string(lower.size()) +
                           " layers");
  }
  UniqueFd mount(::fsmount(context.get(), FSMOUNT_CLOEXEC, kAttributes));
  if (!mount) {
    throw Error::FromErrno("build: mount an overlay");
  }
  return mount;
}

}  // namespace runtime::image
