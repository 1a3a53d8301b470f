// StepVolumes: what a step mounts beside its workspace, `volumes` of the pipeline file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/step_backend.h"
#include "runtime/base/state_dir.h"
#include "runtime/container/container_spec.h"
#include "runtime/image/image_store.h"
#include "runtime/volume/volume_store.h"

namespace runner {

// Whose volumes and caches they are.
struct RepositoryStorage {
  // Those of one repository are never another's.
  std::string clone_url;
  std::string repository;  // as people call it
  // Paths of this host that a pipeline may mount, with all below them: the administrator's to say.
  std::vector<std::filesystem::path> host_paths;
  // Its volumes are no other run's. 0: it is none.
  int pull_request_of_fork = 0;
  bool trusted = true;  // else a stranger may have written the pipeline: its run saves no cache
};

// The name that a repository's volume has among those of this host: "deps-0123456789ab".
std::string VolumeNameOf(const std::string& clone_url, const std::string& volume);

// Adds what the request's action asks for; the spec's root file system must be set. The result
// holds the volumes: keep it until the container has ended. Throws Error, kUsage where the
// pipeline asks for what isn't there or isn't allowed.
std::vector<runtime::volume::HeldVolume> AddStepVolumes(const RepositoryStorage& storage,
                                                        const pipeline::CommandRequest& request,
                                                        const runtime::image::ImageStore& images,
                                                        const runtime::base::StateDir& state,
                                                        runtime::container::ContainerSpec& spec);

}  // namespace runner
