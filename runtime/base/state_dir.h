// StateDir: where everything of ours lies on disk, drawn once.
//
//   ROOT/                         mode 0700: layers hold set-user-id files of containers
//     oci-layout, index.json      ROOT is an OCI image layout, so that other tools can read it
//     blobs/sha256/HEX            manifests, configs, compressed layers, by digest
//     refs/NAME                   one file per reference (name percent-encoded): its descriptor
//     layers/ID/fs/               an unpacked layer; ID is the chain id's hex, "git-TREE" for a
//                                 checkout, "step-RUN-STEP" for what a step left
//     layers/ID/layer.json        what it is; a layer without this file isn't there
//     layers/ID/on                the layer that it stands on, where it has only what is different
//     layers/ID/diff-id           digest of its archive, where it was hashed
//     containers/ID/              the writable part of a container that runs
//     kept/ID/                    a container that is kept until it is removed (lifecycle/store.h):
//                                 what it is, how it is, its log, its writable part
//     mount-points/               the lowest layer of all containers (container/mount_points.h)
//     step-mount-points/          the one above it, of steps (runner/step_spec.h)
//     mounts/                     empty; where a runner process keeps its mounts, in a mount
//                                 namespace of its own
//     volumes/NAME/               what outlives containers
//     caches/HEX/                 what steps keep between runs (layer/cache_store.h)
//     results/HEX/                results of steps that later runs may take (result_store.h)
//     git/HEX/                    mirror cache, by SHA-256 of the repository's URL
//     git/HEX.lfs/                its objects of Git LFS, by oid (git/lfs_store.h)
//     git/HEX.trees               what the next checkouts stand on (git/checkout_bases.h)
//     runs/ID/                    record, logs, reports, artifacts of a run
//     runner.db                   the server's store (SQLite, WAL)
//     locks/NAME                  advisory locks (flock); locks/host-use/: runner/host_use.h
//     tmp/                        half-made things, swept at start
//     trash/                      things on their way out, swept at start
#pragma once

#include <filesystem>
#include <string_view>

namespace runtime::base {

class StateDir {
 public:
  // Opens the directory and makes what is missing of it (mode 0700). Throws Error.
  explicit StateDir(std::filesystem::path root);

  // --root, else $RUNNER_ROOT, else /var/lib/runner as the host's root, else $XDG_DATA_HOME/runner,
  // else
  // ~/.local/share/runner.
  static std::filesystem::path DefaultRoot();

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path blobs() const { return root_ / "blobs" / "sha256"; }
  std::filesystem::path refs() const { return root_ / "refs"; }
  std::filesystem::path layers() const { return root_ / "layers"; }
  std::filesystem::path containers() const { return root_ / "containers"; }
  std::filesystem::path kept() const { return root_ / "kept"; }
  std::filesystem::path mount_points() const { return root_ / "mount-points"; }
  std::filesystem::path step_mount_points() const { return root_ / "step-mount-points"; }
  std::filesystem::path mounts() const { return root_ / "mounts"; }
  std::filesystem::path volumes() const { return root_ / "volumes"; }
  std::filesystem::path caches() const { return root_ / "caches"; }
  std::filesystem::path results() const { return root_ / "results"; }
  std::filesystem::path git() const { return root_ / "git"; }
  std::filesystem::path runs() const { return root_ / "runs"; }
  std::filesystem::path database() const { return root_ / "runner.db"; }
  std::filesystem::path locks() const { return root_ / "locks"; }
  std::filesystem::path tmp() const { return root_ / "tmp"; }
  std::filesystem::path trash() const { return root_ / "trash"; }

 private:
  std::filesystem::path root_;
};

}  // namespace runtime::base
