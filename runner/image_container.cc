#include "runner/image_container.h"

#include <csignal>

#include "runtime/base/signal_name.h"
#include "runtime/container/user.h"

namespace runner {
namespace container = runtime::container;
namespace {

constexpr char kDefaultPath[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Later entries win. An entry without "=" names no value and is dropped: it must never pull a
// variable of the host in (CVE-2026-57231).
void Merge(std::vector<std::string>& env, const std::string& entry) {
  const size_t equals = entry.find('=');
  if (equals == std::string::npos || equals == 0) {
    return;
  }
  const std::string_view name = std::string_view(entry).substr(0, equals + 1);
  for (std::string& existing : env) {
    if (existing.starts_with(name)) {
      existing = entry;
      return;
    }
  }
  env.push_back(entry);
}

}  // namespace

container::ContainerSpec SpecForProgram(const runtime::image::ImageConfig& config,
                                        const std::string& id,
                                        const runtime::layer::Snapshot& rootfs,
                                        const ProgramChoice& choice) {
  container::ContainerSpec spec;
  spec.id = id;
  spec.hostname = choice.hostname.empty() ? id : choice.hostname;
  spec.rootfs = rootfs;

  spec.argv = choice.entrypoint.value_or(config.entrypoint);
  const bool images_cmd = choice.arguments.empty() && !choice.entrypoint;
  const std::vector<std::string>& arguments = images_cmd ? config.cmd : choice.arguments;
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());

  const container::Account account =
      container::ResolveUserIn(choice.user.value_or(config.user), rootfs);
  spec.user = account.user;
  spec.env = {kDefaultPath, "HOSTNAME=" + spec.hostname, "HOME=" + account.home};
  for (const std::string& entry : config.env) {
    Merge(spec.env, entry);
  }
  for (const std::string& entry : choice.env) {
    Merge(spec.env, entry);
  }
  spec.cwd = choice.workdir.value_or(config.working_dir.empty() ? "/" : config.working_dir);
  spec.make_cwd = true;
  const int stop_signal = runtime::base::SignalNumber(config.stop_signal);
  spec.stop_signal = stop_signal != 0 ? stop_signal : SIGTERM;
  return spec;
}

container::ContainerSpec SpecForImage(const runtime::image::ImageStore& store,
                                      const runtime::image::Image& image,
                                      const container::ContainerDirectory& directory,
                                      const ProgramChoice& choice) {
  return SpecForProgram(image.config, directory.id(),
                        directory.Writable(store.layers().Stack(image.layers), "rootfs"), choice);
}

}  // namespace runner
