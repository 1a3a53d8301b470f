#include "runner/volumes_from.h"

#include <algorithm>

#include "runner/refuse.h"
#include "runtime/volume/volume_store.h"

namespace runner {
namespace container = runtime::container;
namespace lifecycle = runtime::lifecycle;
namespace {

using Kind = MountRequest::Kind;

struct Source {
  std::string container;
  bool read_only = false;
};

Source ParseSource(const std::string& text) {
  const size_t colon = text.find(':');
  const std::string mode = colon == std::string::npos ? "rw" : text.substr(colon + 1);
  if (colon == 0 || text.empty() || (mode != "ro" && mode != "rw")) {
    Refuse("--volumes-from", text, "CONTAINER, or CONTAINER:ro");
  }
  return {text.substr(0, colon), mode == "ro"};
}

// The name of the volume that is mounted, or empty.
std::string VolumeOf(const container::BindMount& bind, const lifecycle::Store& store,
                     const lifecycle::Config& config) {
  const auto found =
      std::find_if(config.volumes.begin(), config.volumes.end(), [&](const std::string& name) {
        return bind.source.parent_path() == store.state().volumes() / name;
      });
  return found != config.volumes.end() ? *found : "";
}

}  // namespace

void AddVolumesFrom(const std::vector<std::string>& texts, const lifecycle::Store& store,
                    std::vector<MountRequest>& mounts) {
  for (const std::string& text : texts) {
    const Source source = ParseSource(text);
    const lifecycle::Config config = store.Get(source.container).config;
    for (const container::BindMount& bind : config.spec.binds) {
      if (IsTaken(bind.target, mounts)) {
        continue;
      }
      MountRequest mount;
      mount.source = VolumeOf(bind, store, config);
      mount.kind = mount.source.empty() ? Kind::kBind : Kind::kVolume;
      if (mount.kind == Kind::kBind) {
        mount.source = bind.source;
      }
      mount.target = bind.target;
      mount.read_only = bind.read_only || source.read_only;
      mount.seed = false;
      mount.resolved = bind.resolved;
      mounts.push_back(std::move(mount));
    }
  }
}

}  // namespace runner
