#include "runtime/container/container_spec.h"

#include <algorithm>

namespace runtime::container {
namespace fs = std::filesystem;
namespace {

// In the container's own directory.
bool IsOwn(const ContainerSpec& spec, const BindMount& bind) {
  const fs::path relative = bind.source.lexically_relative(spec.rootfs.upper.parent_path());
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

std::vector<fs::path> WritableDirectories(const ContainerSpec& spec) {
  std::vector<fs::path> directories = {spec.rootfs.upper, spec.rootfs.work};
  for (const OverlayMount& mount : spec.overlays) {
    if (!mount.snapshot.upper.empty()) {
      directories.insert(directories.end(), {mount.snapshot.upper, mount.snapshot.work});
    }
  }
  for (const BindMount& bind : spec.binds) {
    if (!bind.read_only && IsOwn(spec, bind)) {
      directories.push_back(bind.source);
    }
  }
  return directories;
}

bool HasWritableVolume(const ContainerSpec& spec) {
  return std::any_of(spec.binds.begin(), spec.binds.end(),
                     [&](const BindMount& bind) { return !bind.read_only && !IsOwn(spec, bind); });
}

const std::vector<std::string>& DefaultCapabilities() {
  static const std::vector<std::string> kNames = {
      "CHOWN",   "DAC_OVERRIDE", "FSETID",           "FOWNER",
      "MKNOD",   "NET_RAW",      "SETGID",           "SETUID",
      "SETFCAP", "SETPCAP",      "NET_BIND_SERVICE", "SYS_CHROOT",
      "KILL",    "AUDIT_WRITE"};
  return kNames;
}

}  // namespace runtime::container
