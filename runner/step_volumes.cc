#include "runner/step_volumes.h"

#include <fcntl.h>

#include <algorithm>

#include "runner/mount_options.h"
#include "runtime/base/beneath.h"
#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/view.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using pipeline::VolumeSpec;
using Kind = VolumeSpec::Kind;

constexpr char kMountedWorkspace[] = "/workspace";

[[noreturn]] void RefuseVolume(const std::string& reason) {
  throw base::Error(base::ErrorKind::kUsage, "volumes: " + reason);
}

// Of a fork's pull request another one than the repository itself, and than any other.
std::string OwnerOf(const RepositoryStorage& storage) {
  return storage.pull_request_of_fork == 0
             ? storage.clone_url
             : storage.clone_url + " fork " + std::to_string(storage.pull_request_of_fork);
}

bool IsBelow(const fs::path& path, const fs::path& directory) {
  const fs::path relative = path.lexically_relative(directory);
  return !relative.empty() && *relative.begin() != "..";
}

// Without links, so that what is allowed is what is mounted.
std::string AllowedHostPath(const std::string& path, const std::vector<fs::path>& allowed) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error || std::none_of(allowed.begin(), allowed.end(), [&](const fs::path& directory) {
        std::error_code missing;
        const fs::path known = fs::canonical(directory, missing);
        return !missing && IsBelow(real, known);
      })) {
    RefuseVolume(base::ForMessage(path) +
                 " of this host isn't allowed to pipelines; --volume-allow of runner exec, or "
                 "`volume-allow` of the server's configuration, allows it");
  }
  return real;
}

// Looked up in the layers that the container will see, where nothing changes any more.
void RequireDirectory(const std::string& path, const pipeline::CommandRequest& request,
                      const runtime::image::ImageStore& images) {
  if (request.action->workspace == pipeline::WorkspaceAccess::kNone) {
    RefuseVolume("./" + path + " needs the workspace, which `workspace: none` leaves out");
  }
  try {
    const base::UniqueFd view = runtime::layer::OpenView(images.layers().Stack(request.workspace));
    base::OpenBeneath(view.get(), path.empty() ? "." : path, O_PATH | O_DIRECTORY,
                      base::Links::kNoLinks);
  } catch (const base::Error&) {
    RefuseVolume("./" + base::ForMessage(path) + " isn't a directory of the workspace");
  }
}

}  // namespace

std::string VolumeNameOf(const std::string& clone_url, const std::string& volume) {
  return volume + "-" + base::Digest::Of(clone_url).hex().substr(0, 12);
}

std::vector<runtime::volume::HeldVolume> AddStepVolumes(const RepositoryStorage& storage,
                                                        const pipeline::CommandRequest& request,
                                                        const runtime::image::ImageStore& images,
                                                        const base::StateDir& state,
                                                        runtime::container::ContainerSpec& spec) {
  const runtime::volume::VolumeStore store(state);
  std::vector<MountRequest> mounts;
  for (const VolumeSpec& volume : request.action->volumes) {
    MountRequest mount;
    mount.target = volume.target;
    mount.read_only = volume.read_only;
    switch (volume.kind) {
      case Kind::kNamed:
        mount.kind = MountRequest::Kind::kVolume;
        mount.source = VolumeNameOf(OwnerOf(storage), volume.source);
        store.Create(mount.source,
                     {.labels = {{"repository", storage.repository}, {"volume", volume.source}}});
        break;
      case Kind::kTemporary:
        mount.kind = MountRequest::Kind::kTmpfs;
        mount.size_bytes = volume.size_bytes > 0 ? volume.size_bytes : mount.size_bytes;
        break;
      case Kind::kHost:
        mount.source = AllowedHostPath(volume.source, storage.host_paths);
        mount.resolved = true;
        break;
      case Kind::kWorkspace:
        RequireDirectory(volume.source, request, images);
        spec.inner.push_back({.source = fs::path(kMountedWorkspace) / volume.source,
                              .target = volume.target,
                              .read_only = volume.read_only});
        continue;
    }
    mounts.push_back(std::move(mount));
  }
  return AddMounts(mounts, state, spec);
}

}  // namespace runner
