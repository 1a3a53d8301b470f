// runner container commit and export: what a container's files became, as an image or an archive.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>

#include "runner/cli.h"
#include "runner/container_control.h"
#include "runner/verbs/container_verbs.h"
#include "runner/verbs/image_verbs.h"
#include "runtime/base/files.h"
#include "runtime/base/signal_name.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/mount_plan.h"
#include "runtime/container/user.h"
#include "runtime/image/build.h"
#include "runtime/image/image_store.h"
#include "runtime/image/reference.h"
#include "runtime/layer/changes.h"
#include "runtime/layer/tree_archive.h"
#include "runtime/layer/view.h"
#include "runtime/lifecycle/control.h"
#include "runtime/lifecycle/store.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;
namespace image = runtime::image;
namespace layer = runtime::layer;
namespace lifecycle = runtime::lifecycle;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
using lifecycle::Kept;
using lifecycle::Order;
using lifecycle::Store;

// A container that runs stands still for as long as this lives, where the host can do that.
class StandingStill {
 public:
  StandingStill(const Store& store, const std::string& id) : monitor_(ConnectTo(store, id)) {
    if (!monitor_) {
      return;
    }
    try {
      lifecycle::Call(monitor_->get(),
                      {.order = Order::kPause, .number = lifecycle::kPauseWhileConnected});
    } catch (const Error& error) {
      // It is paused already, has just ended, or can't be.
      monitor_.reset();
      if (error.kind() == ErrorKind::kInternal) {
        throw;
      }
    }
  }
  StandingStill(const StandingStill&) = delete;
  StandingStill& operator=(const StandingStill&) = delete;
  ~StandingStill() {
    if (monitor_) {
      lifecycle::Ask(monitor_->get(), {.order = Order::kUnpause});
      try {
        lifecycle::NextReply(monitor_->get());
      } catch (const Error&) {
        // It has ended.
      }
    }
  }

 private:
  std::optional<UniqueFd> monitor_;
};

// As docker: the image says what the container was made to run. What a container has by itself
// (HOME, HOSTNAME) stays its own.
void TakeVariables(const std::vector<std::string>& env, image::ImageConfig& config) {
  image::ConfigChanges changes;
  for (const std::string& variable : env) {
    const std::string name = variable.substr(0, variable.find('=') + 1);
    const bool images = std::any_of(config.env.begin(), config.env.end(),
                                    [&](const std::string& e) { return e.starts_with(name); });
    if (images || (name != "HOME=" && name != "HOSTNAME=" && name != "TERM=")) {
      changes.env.push_back(variable);
    }
  }
  image::Apply(changes, config);
}

void TakeCommand(const std::vector<std::string>& argv, image::ImageConfig& config) {
  const std::vector<std::string>& entrypoint = config.entrypoint;
  if (argv.size() >= entrypoint.size() &&
      std::equal(entrypoint.begin(), entrypoint.end(), argv.begin())) {
    config.cmd.assign(argv.begin() + static_cast<ptrdiff_t>(entrypoint.size()), argv.end());
    return;
  }
  config.entrypoint = {argv.front()};
  config.cmd.assign(argv.begin() + 1, argv.end());
}

image::HealthCheck HealthOf(const lifecycle::HealthCheck& made) {
  const auto nanos = [](std::chrono::milliseconds time) {
    return std::chrono::nanoseconds(time).count();
  };
  image::HealthCheck check = {.test = made.argv,
                              .interval = nanos(made.interval),
                              .timeout = nanos(made.timeout),
                              .start_period = nanos(made.start_period),
                              .retries = made.retries};
  check.test.insert(check.test.begin(), "CMD");
  return check;
}

image::ImageConfig ConfigOf(const Store& store, const lifecycle::Config& made,
                            image::ImageConfig config) {
  const container::ContainerSpec& spec = made.spec;
  TakeVariables(spec.env, config);
  TakeCommand(spec.argv, config);
  const layer::Snapshot image = layer::LayerStore(store.state()).Stack(made.layers);
  const container::User images_user = container::ResolveUserIn(config.user, image).user;
  if (images_user.uid != spec.user.uid || images_user.gid != spec.user.gid) {
    config.user = std::to_string(spec.user.uid) + ":" + std::to_string(spec.user.gid);
  }
  if (spec.cwd != (config.working_dir.empty() ? "/" : config.working_dir)) {
    config.working_dir = spec.cwd;
  }
  const int images_signal = base::SignalNumber(config.stop_signal);
  if (spec.stop_signal != (images_signal != 0 ? images_signal : SIGTERM)) {
    config.stop_signal = std::to_string(spec.stop_signal);
  }
  for (const auto& [name, value] : made.labels) {
    config.labels[name] = value;
  }
  if (made.health_check) {
    config.health_check = HealthOf(*made.health_check);
  }
  return config;
}

struct CommitChoice {
  std::string container;
  std::string name;
  std::string author;
  std::string message;
  std::vector<std::string> changes;
  bool pause = true;
};

std::string CommandText(const std::vector<std::string>& argv) {
  std::string text;
  for (const std::string& word : argv) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text.substr(0, 1000);
}

image::Image MakeImage(const CommitChoice& choice, const Store& store, const Kept& kept,
                       const image::ConfigChanges& changes) {
  const image::ImageStore images(store.state());
  const image::Image from = images.Get(kept.config.image_digest);
  std::optional<StandingStill> still;
  if (choice.pause) {
    still.emplace(store, kept.config.id);
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const layer::Snapshot rootfs = store.Rootfs(kept.config);
  const image::CommitOptions options = {
      .changes = changes,
      .created = std::chrono::duration_cast<std::chrono::seconds>(now).count(),
      .created_by = CommandText(kept.config.spec.argv),
      .message = choice.message,
      .author = choice.author,
      .leave_out = layer::FindChanges(rootfs, container::OwnMountPoints(kept.config.spec)).silent};
  std::filesystem::path upper = rootfs.upper;
  std::optional<base::TemporaryDirectory> nothing;
  if (!std::filesystem::exists(upper)) {  // It was never started.
    nothing.emplace(store.state().tmp(), "commit");
    upper = nothing->path();
  }
  return image::CommitLayer(images, from, ConfigOf(store, kept.config, from.config), upper,
                            options);
}

int Commit(const CommitChoice& choice, const Globals& globals) {
  image::ConfigChanges changes;
  for (const std::string& change : choice.changes) {
    image::AddInstruction(change, changes);
  }
  std::optional<image::Reference> name;
  if (!choice.name.empty()) {
    name = NameForImage(choice.name);
  }
  const Store store{OpenState(globals.root)};
  const image::ImageStore images(store.state());
  const auto hold = images.Hold();
  const Kept kept = store.Get(choice.container);
  const image::Image made = base::WithContext(
      "commit " + choice.container, [&] { return MakeImage(choice, store, kept, changes); });
  if (name) {
    images.Tag(made.manifest.digest, *name);
  }
  std::puts(made.manifest.digest.ToString().c_str());
  return kExitPassed;
}

}  // namespace

int ContainerCommitMain(std::vector<std::string> args) {
  CommitChoice choice;
  return RunVerb(
      "container commit", "Makes an image: the container's own, and one layer of what it changed",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", choice.container, "Name, id or first digits")->required();
        app.add_option("NAME", choice.name, "Its name: [HOST[:PORT]/]PATH[:TAG]");
        app.add_option("-a,--author", choice.author, "Who made it");
        app.add_option("-m,--message", choice.message, "A comment for the image's history");
        app.add_option("-c,--change", choice.changes,
                       "A Dockerfile instruction for the config, as image import takes them; may "
                       "be repeated")
            ->allow_extra_args(false);
        app.add_flag("-p,--pause", choice.pause,
                     "The container stands still meanwhile (default; --pause=false)");
        app.footer("What it has on volumes isn't part of the image.");
      },
      [&](const Globals& globals) { return Commit(choice, globals); });
}

int ContainerExportMain(std::vector<std::string> args) {
  std::string name;
  std::string file;
  return RunVerb(
      "container export", "Writes all files of a container as a tar archive, but for volumes",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", name, "Name, id or first digits")->required();
        app.add_option("-o,--output", file, "Where to (default: standard output)");
      },
      [&](const Globals& globals) {
        if (file.empty() && ::isatty(STDOUT_FILENO) == 1) {
          throw Error(ErrorKind::kUsage, "an archive isn't written to a terminal: say -o FILE");
        }
        const Store store{OpenState(globals.root)};
        const UniqueFd view = layer::OpenView(store.Rootfs(store.Get(name).config));
        const UniqueFd out = file.empty()
                                 ? base::Duplicate(STDOUT_FILENO)
                                 : base::OpenFile(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        layer::GiveTree(view.get(), "/", false, [&](std::string_view data) {
          base::WriteAll(out.get(), data, file.empty() ? "the archive" : file);
        });
        return kExitPassed;
      });
}

}  // namespace runner
