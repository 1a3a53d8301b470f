#include "runner/verbs/kept_container.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "runner/image_container.h"
#include "runner/mount_options.h"
#include "runner/raw_terminal.h"
#include "runner/signal_relay.h"
#include "runner/volumes_from.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/image_store.h"
#include "runtime/lifecycle/control.h"
#include "runtime/lifecycle/monitor_process.h"

namespace runner {
namespace base = runtime::base;
namespace lifecycle = runtime::lifecycle;
using lifecycle::LifeLock;
using lifecycle::Order;
using lifecycle::Store;

namespace {

// container::NotStarted, as docker has it.
constexpr int kCannotRun = 126;
constexpr int kNotFound = 127;

lifecycle::Config MakeConfig(const RunOptions& options, const KeepOptions& keep,
                             const runtime::image::ImageStore& images,
                             const runtime::image::Image& image) {
  lifecycle::Config config;
  config.id = Store::NewId();
  config.image = options.image;
  config.image_digest = image.manifest.digest.ToString();
  config.created = lifecycle::Now();
  config.layers = image.layers;
  config.spec =
      SpecForProgram(image.config, config.id, images.layers().Stack(image.layers), options.program);
  Complete(options, images.state().root(), config.spec);
  config.network = options.network.Request(config.spec, image.config.exposed_ports);
  config.open_input = options.interactive;
  config.health_check = keep.health.Over(image.config.health_check);
  return config;
}

// Before anything is made: two containers must not believe in one file.
std::optional<base::UniqueFd> MakeIdFile(const std::string& path) {
  if (path.empty()) {
    return std::nullopt;
  }
  return base::WithContext("--cidfile",
                           [&] { return base::OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, 0644); });
}

LifeLock CreateWithVolumes(const RunOptions& options, const runtime::image::Image& image,
                           const Store& store, lifecycle::Config& config, const std::string& name) {
  std::vector<MountRequest> mounts = options.Mounts();
  AddVolumesFrom(options.volumes_from, store, mounts);
  AddImageVolumes(image.config.volumes, mounts);
  std::vector<runtime::volume::HeldVolume> volumes = AddMounts(mounts, store.state(), config.spec);
  for (const runtime::volume::HeldVolume& volume : volumes) {
    config.volumes.push_back(volume.volume.name);
  }
  try {
    return store.Create(config, name);
  } catch (...) {
    RemoveNewVolumes(std::move(volumes), store.state());
    throw;
  }
}

// 0 when the program runs, else docker's code for why it can't be. Throws Error for all the rest.
int AwaitStart(int monitor) {
  lifecycle::Ask(monitor, {.order = Order::kStart, .number = RawTerminal::WindowSize()});
  const std::optional<lifecycle::Answered> answered = lifecycle::NextReply(monitor);
  if (!answered) {
    throw base::Error(base::ErrorKind::kUnavailable, "the container's monitor was killed");
  }
  const lifecycle::Reply& reply = answered->reply;
  if (reply.answer != lifecycle::Answer::kFailed) {
    return 0;
  }
  if (reply.number != kCannotRun && reply.number != kNotFound) {
    throw base::Error(reply.kind, reply.text);
  }
  std::fprintf(stderr, "runner: %s\n", base::ForMessage(reply.text).c_str());
  return reply.number;
}

}  // namespace

std::optional<NewContainer> MakeKept(const RunOptions& options, const KeepOptions& keep,
                                     const Store& store, const Globals& globals, int& code) {
  const runtime::image::ImageStore images(store.state());
  if (!ImageToRun(images, options.image, options.ImagePull(), globals, code)) {
    return std::nullopt;
  }
  // Until the container's own record says so, we say that its image is needed.
  const base::UniqueFd held = images.Hold();
  const runtime::image::Image image = images.Get(options.image);
  lifecycle::Config config = MakeConfig(options, keep, images, image);
  keep.Apply(config);
  config.input_ends = config.open_input && !keep.detach;
  const std::optional<base::UniqueFd> id_file = MakeIdFile(keep.id_file);
  try {
    LifeLock lock = CreateWithVolumes(options, image, store, config, keep.name);
    if (id_file) {
      base::WriteAll(id_file->get(), config.id, keep.id_file);
    }
    return NewContainer{config.id, std::move(lock)};
  } catch (...) {
    if (id_file) {
      ::unlink(keep.id_file.c_str());
    }
    throw;
  }
}

int StartDetached(const Store& store, const std::string& id, LifeLock lock) {
  const base::UniqueFd monitor = lifecycle::StartMonitor(store, id, std::move(lock));
  return AwaitStart(monitor.get());
}

int StartAttached(const Store& store, const std::string& id, LifeLock lock,
                  const AttachChoice& choice) {
  const base::UniqueFd monitor = lifecycle::StartMonitor(store, id, std::move(lock));
  const BlockedSignals signals;  // From here on they are the container's.
  AttachRelay relay(monitor.get(), choice);
  relay.Attach();
  if (const int code = AwaitStart(monitor.get()); code != 0) {
    return code;
  }
  return Conclude(store, id, relay.Run());
}

int Conclude(const Store& store, const std::string& id, const AttachEnd& end) {
  switch (end.how) {
    case AttachEnd::How::kDetached:
      return kExitPassed;
    case AttachEnd::How::kSignalled:
      return 128 + end.number;
    case AttachEnd::How::kEnded:
      if (!end.reason.empty()) {
        std::fprintf(stderr, "runner: %s\n", base::ForMessage(end.reason).c_str());
      }
      return end.number;
    case AttachEnd::How::kMonitorGone:
      break;
  }
  const std::optional<lifecycle::Kept> kept = store.LoadEnded(id);
  std::fprintf(stderr, "runner: container %s: %s\n", id.c_str(),
               kept ? kept->state.reason.c_str() : "its monitor was killed");
  return kept ? kept->state.exit_code : 128 + SIGKILL;
}

int RunKept(const RunOptions& options, const KeepOptions& keep, const Globals& globals) {
  const Store store{OpenState(globals.root)};
  int code = kExitPassed;
  std::optional<NewContainer> made = MakeKept(options, keep, store, globals, code);
  if (!made) {
    return code;
  }
  if (!keep.detach) {
    return StartAttached(store, made->id, std::move(made->lock),
                         {.terminal = options.terminal,
                          .input = options.interactive,
                          .signals = keep.pass_signals,
                          .detach_keys = keep.detach_keys});
  }
  code = StartDetached(store, made->id, std::move(made->lock));
  if (code == 0) {
    std::puts(made->id.c_str());
  }
  return code;
}

}  // namespace runner
