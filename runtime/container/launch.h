// Launch: everything between a ContainerSpec and a child that is on its way to the program.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/container/cgroup.h"
#include "runtime/container/container.h"
#include "runtime/container/container_spec.h"
#include "runtime/container/host.h"

namespace runtime::container {

// The files that a container gets from outside of its layers, in a directory of the host's stage
// tmpfs: hostname, hosts, resolv.conf, and the mount point of its root file system. Removed with
// the object.
class StageDirectory {
 public:
  StageDirectory(const Host& host, const ContainerSpec& spec);
  StageDirectory(const StageDirectory&) = delete;
  StageDirectory& operator=(const StageDirectory&) = delete;
  ~StageDirectory();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A child that was cloned and got all it needs. Not yet known: whether it reached the program.
struct Launched {
  pid_t pid = -1;
  base::UniqueFd pidfd;
  base::UniqueFd channel;   // its end is how the child notices that we died while it sets up
  base::UniqueFd report;    // InitReport packets (init/record.h)
  base::UniqueFd terminal;  // master side, when the spec asks for one
};

// Clones the child and hands it its mounts. Throws Error; no child is left then.
Launched Launch(Host& host, const ContainerSpec& spec, const Cgroup& cgroup,
                const StageDirectory& stage, const Stdio& stdio);

}  // namespace runtime::container
