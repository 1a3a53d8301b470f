// From an image to a container of it: docker's reading of the image config.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/container/container_directory.h"
#include "runtime/container/container_spec.h"
#include "runtime/image/image_store.h"

namespace runner {

// What the caller says about the program; the image's config fills in the rest.
struct ProgramChoice {
  std::optional<std::vector<std::string>> entrypoint;  // replaces the image's, and drops its cmd
  std::vector<std::string> arguments;                  // replace the image's cmd
  std::vector<std::string> env;                        // "NAME=value", over the image's
  std::optional<std::string> user;
  std::optional<std::string> workdir;
  std::string hostname;  // empty: the container's id
};

// `rootfs` is the image's stack with a writable part: it becomes the spec's. Argv, env (PATH, HOME,
// HOSTNAME filled in), cwd, user, stop signal, hostname, id. Everything else is the caller's to
// set. Throws Error.
runtime::container::ContainerSpec SpecForProgram(const runtime::image::ImageConfig& config,
                                                 const std::string& id,
                                                 const runtime::layer::Snapshot& rootfs,
                                                 const ProgramChoice& choice);

// The same with a root file system that is writable in `directory`.
runtime::container::ContainerSpec SpecForImage(
    const runtime::image::ImageStore& store, const runtime::image::Image& image,
    const runtime::container::ContainerDirectory& directory, const ProgramChoice& choice);

}  // namespace runner
