#include "runner/container_files.h"

#include <fcntl.h>
#include <signal.h>

#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "runner/container_control.h"
#include "runtime/base/files.h"
#include "runtime/container/container.h"
#include "runtime/container/reaper.h"
#include "runtime/image/image_store.h"
#include "runtime/lifecycle/control.h"
#include "runtime/volume/volume_store.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;
namespace lifecycle = runtime::lifecycle;
using base::UniqueFd;
using container::Inside;
using lifecycle::Store;

namespace {

// As at a start, but for what concerns its program alone.
container::ContainerSpec IdleSpec(const Store& store, const lifecycle::Config& config) {
  container::ContainerSpec spec = config.spec;
  spec.rootfs = store.Rootfs(config);
  spec.idle = true;
  spec.cwd = "/";
  spec.terminal = false;
  spec.network = container::Network::kNone;
  spec.sysctls.clear();
  spec.timeout = std::chrono::milliseconds(0);
  return spec;
}

// The caller has its lock.
void WithIdle(const Store& store, const std::string& id,
              const std::function<void(const Inside&)>& act) {
  constexpr int kPatienceMs = 1000;
  const lifecycle::Kept kept = store.Get(id);
  const auto host = container::Host::Open(store.state());
  host->reaper().Watch(id);
  container::RemoveContainer(store.state(), host->cgroups(), id, kPatienceMs);
  const std::vector<UniqueFd> layers =
      runtime::image::ImageStore(store.state()).HoldLayers(kept.config.layers);
  std::vector<runtime::volume::HeldVolume> volumes;
  for (const std::string& volume : kept.config.volumes) {
    volumes.push_back(runtime::volume::VolumeStore(store.state()).Hold(volume));
  }
  const UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  container::Container idle =
      container::Container::Start(*host, IdleSpec(store, kept.config),
                                  {.in = null.get(), .out = null.get(), .err = null.get()});
  std::exception_ptr failure;
  bool done = false;
  idle.Wait({}, {.on_started = [&] {
              try {
                act(container::OpenInside(idle.pid()));
                done = true;
              } catch (...) {
                failure = std::current_exception();
              }
              idle.Signal(SIGKILL);
            }});
  if (failure) {
    std::rethrow_exception(failure);
  }
  if (!done) {
    throw base::Error(base::ErrorKind::kInternal, "the container's files could not be set up");
  }
}

}  // namespace

void WithFiles(const Store& store, const std::string& id,
               const std::function<void(const Inside&)>& act, std::function<void()> before_lock) {
  while (true) {
    std::optional<UniqueFd> monitor = lifecycle::Connect(store.Directory(id));
    if (!monitor && before_lock) {
      std::exchange(before_lock, {})();
      continue;  // It may have been started meanwhile.
    }
    if (!monitor) {
      monitor = ConnectTo(store, id);
    }
    if (monitor) {
      lifecycle::Answered answered =
          lifecycle::Call(monitor->get(), {.order = lifecycle::Order::kFiles});
      if (answered.files.size() != 2) {
        throw base::Error(base::ErrorKind::kUnsupported,
                          "the container's monitor is of another version");
      }
      act({std::move(answered.files[0]), std::move(answered.files[1])});
      return;
    }
    if (const std::optional<lifecycle::LifeLock> lock = store.Take(id)) {
      WithIdle(store, id, act);
      return;
    }
    // It was started in between.
  }
}

}  // namespace runner
