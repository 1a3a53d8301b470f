#include "runner/step_spec.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "runner/image_container.h"
#include "runner/step_limits.h"
#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/rootless.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/mount_points.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;
namespace {

constexpr char kWorkspace[] = "workspace";
constexpr char kStepFiles[] = "step-files";
constexpr char kWorkspaceTarget[] = "/workspace";

std::filesystem::path StepFiles(const container::ContainerDirectory& directory) {
  return directory.path() / kStepFiles;
}

// Writable by whatever user the image runs as.
void MakeStepFiles(const container::ContainerDirectory& directory) {
  const std::filesystem::path path = StepFiles(directory);
  base::MakeDirectories(path, 0755);
  for (const char* name : {"output", "summary"}) {
    const base::UniqueFd file = base::OpenFile(path / name, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (::fchmod(file.get(), 0666) != 0) {
      throw base::Error::FromErrno("open the step's files to the step");
    }
  }
}

// Places for what every step gets, so that none has to be made in its writable layer.
std::filesystem::path StepMountPoints(const base::StateDir& state) {
  container::MakePlaces(state, state.step_mount_points(), {{"workspace", "run", "run/runner"}, {}});
  return state.step_mount_points();
}

// A name of a shell variable.
bool IsKey(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), is_part);
}

// The workspace is the step's user's, whoever that is, unless a step before gave it to somebody.
container::FileOwner WorkspaceOwner(const runtime::layer::Snapshot& stack,
                                    const container::User& user) {
  struct stat st;
  const bool given_away = ::stat(stack.lower.back().c_str(), &st) == 0 && st.st_uid != 0;
  return given_away ? container::FileOwner{} : container::FileOwner{user.uid, user.gid};
}

// A file that the step may have made anything of; empty where it took it away.
std::string ReadStepFile(const container::ContainerDirectory& directory, const char* file,
                         const std::string& variable) {
  const base::UniqueFd root = base::OpenFile(StepFiles(directory), O_PATH | O_DIRECTORY);
  base::UniqueFd fd;
  try {
    fd = base::OpenBeneath(root.get(), file, O_RDONLY | O_NONBLOCK, base::Links::kNoLinks);
  } catch (const base::Error& e) {
    if (e.kind() == base::ErrorKind::kNotFound) {
      return "";
    }
    throw e.Within("read " + variable);
  }
  struct stat st;
  if (::fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode)) {
    throw base::Error(base::ErrorKind::kInvalid, variable + " isn't a regular file any more");
  }
  return base::ReadAll(fd.get(), variable, 1 << 20);
}

}  // namespace

container::ContainerSpec SpecForStep(const runtime::image::ImageStore& store,
                                     const runtime::image::Image& image,
                                     const container::ContainerDirectory& directory,
                                     const pipeline::CommandRequest& request) {
  const pipeline::CommandAction& action = *request.action;
  ProgramChoice choice;
  choice.entrypoint = action.argv;
  const bool has_workspace = action.workspace != pipeline::WorkspaceAccess::kNone;
  choice.workdir = !action.workdir.empty() ? action.workdir
                   : has_workspace         ? kWorkspaceTarget
                                           : "/";
  if (!action.user.empty()) {
    choice.user = action.user;
  }
  for (const auto& [name, value] : request.env) {
    choice.env.push_back(name + "=" + value);
  }
  choice.env.push_back(std::string("RUNNER_OUTPUT=") + kStepFilesTarget + "/output");
  choice.env.push_back(std::string("RUNNER_SUMMARY=") + kStepFilesTarget + "/summary");

  choice.hostname = "runner";  // The same everywhere, so that a run is the same everywhere.
  container::ContainerSpec spec = SpecForImage(store, image, directory, choice);
  if (has_workspace) {
    // Read-only is a matter of the mount: the stack is the same, so the step finds the same files.
    const runtime::layer::Snapshot stack = store.layers().Stack(request.workspace);
    spec.overlays.push_back({.snapshot = directory.Writable(stack, kWorkspace),
                             .target = kWorkspaceTarget,
                             .read_only = action.workspace == pipeline::WorkspaceAccess::kReadOnly,
                             .owner = WorkspaceOwner(stack, spec.user)});
  }
  spec.rootfs.lower.insert(spec.rootfs.lower.begin(), StepMountPoints(store.state()));
  MakeStepFiles(directory);
  spec.binds.push_back(
      {.source = StepFiles(directory), .target = kStepFilesTarget, .read_only = false});
  // Tests need no privilege; a build installs packages, whose files have owners, and now and then
  // capabilities of their own.
  if (request.tests == nullptr) {
    spec.capabilities = {"CHOWN",  "DAC_OVERRIDE", "FOWNER", "FSETID",          "SETUID",
                         "SETGID", "SETFCAP",      "KILL",   "NET_BIND_SERVICE"};
  }
  spec.limits = LimitsForStep(action.limits, directory.path());
  spec.timeout = request.timeout;
  return spec;
}

std::filesystem::path WorkspaceUpper(const container::ContainerDirectory& directory) {
  return directory.path() / kWorkspace;
}

std::string ReadSummary(const container::ContainerDirectory& directory) {
  return ReadStepFile(directory, "summary", "RUNNER_SUMMARY");
}

std::map<std::string, std::string> ReadOutputs(const container::ContainerDirectory& directory) {
  std::map<std::string, std::string> outputs;
  const std::string text = ReadStepFile(directory, "output", "RUNNER_OUTPUT");
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    const size_t equals = line.find('=');
    if (!line.empty() && (equals == std::string::npos || !IsKey(line.substr(0, equals)))) {
      throw base::Error(base::ErrorKind::kInvalid, "RUNNER_OUTPUT: '" +
                                                       base::ForMessage(line.substr(0, 80)) +
                                                       "' isn't of the form KEY=value");
    }
    if (!line.empty()) {
      outputs[line.substr(0, equals)] = line.substr(equals + 1);
    }
    begin = end + 1;
  }
  return outputs;
}

}  // namespace runner
