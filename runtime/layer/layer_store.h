// LayerStore: unpacked layers, layers/ID/fs in the state directory.
//
// A layer is a directory as overlayfs wants it: whiteouts are 0/0 character devices, opaque
// directories carry trusted.overlay.opaque. Owners on disk are the container's own ids, unshifted.
// A published layer never changes. Safe for several processes at once: a layer appears by rename.
//
// A layer may stand on one other: it has what is different from that, and both together are what
// its name says. Who mounts it gets both, the lower one first.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/digest.h"
#include "runtime/base/files.h"
#include "runtime/base/state_dir.h"
#include "runtime/layer/snapshot.h"

namespace runtime::layer {

// A layer's name, safe as a file name: 64 hex digits of a chain id, "git-" and a tree id,
// "step-" and a run's id and step. At most 200 of [a-zA-Z0-9._-], not starting with a dot.
using LayerId = std::string;
bool IsLayerId(std::string_view text);

// The directories of the layer `id` among `layers` (a state directory's, of whoever), lowest first;
// nothing unless all of it is there.
std::optional<std::vector<std::filesystem::path>> FindLayer(const std::filesystem::path& layers,
                                                            std::string_view id);

class LayerStore {
 public:
  explicit LayerStore(const base::StateDir& state) : state_(state) {}

  bool Has(std::string_view id) const;

  // layers/ID/fs. Throws Error: kNotFound when there is no such layer, kInternal for one that
  // stands on another.
  std::filesystem::path Path(std::string_view id) const;

  // The same of any layer, and before it that of the one that it stands on. Throws Error
  // (kNotFound).
  std::vector<std::filesystem::path> Directories(std::string_view id) const;

  // The diffID of the layer's archive (pack.h), where somebody noted it: hashing a large one takes
  // seconds. Throws Error (kNotFound) when there is no such layer.
  std::optional<base::Digest> DiffId(std::string_view id) const;
  void NoteDiffId(std::string_view id, const base::Digest& diff_id) const;

  // The stack of these layers, lowest first, and of those that they stand on, to be mounted
  // read-only.
  Snapshot Stack(const std::vector<LayerId>& ids) const;

  // An empty directory on the store's file system, removed unless published.
  base::TemporaryDirectory NewDraft() const;

  // Makes DRAFT/fs the layer `id`. When another process was first, its layer stays and the draft is
  // dropped: equal ids mean equal content. `on`: the layer that it stands on, which is there and
  // stands on none; or empty.
  void Publish(base::TemporaryDirectory draft, const LayerId& id, const LayerId& on = {}) const;

  // Makes an existing directory (a container's upper, on the same file system) the layer `id`.
  void Adopt(const std::filesystem::path& directory, const LayerId& id) const;

  // Moves the layer to the trash and removes it there. A missing one is fine.
  void Remove(std::string_view id) const;

  std::vector<LayerId> List() const;

 private:
  base::StateDir state_;
};

}  // namespace runtime::layer
