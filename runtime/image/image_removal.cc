#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <set>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/pins.h"
#include "runtime/image/image_store.h"
#include "runtime/image/manifest_blobs.h"
#include "runtime/image/ref_files.h"

namespace runtime::image {
namespace fs = std::filesystem;
namespace {

using base::Digest;
using base::Error;
using base::ErrorKind;

constexpr char kLockName[] = "images";

void Lock(int fd, int operation, const fs::path& path) {
  while (::flock(fd, operation) != 0) {
    if (errno != EINTR) {
      throw Error::FromErrno("lock " + path.string());
    }
  }
}

bool IsChainId(const std::string& id) { return Digest::Parse("sha256:" + id).has_value(); }

// Images that were removed, but for those that a kept container stands on: they go when it has
// gone.
std::vector<Digest> ListRemovable(const base::StateDir& state) {
  std::vector<Digest> removed = ListRemoved(state);
  const std::set<std::string> pinned = base::PinnedNames(state, base::PinKind::kImage);
  std::erase_if(removed, [&](const Digest& digest) { return pinned.contains(digest.ToString()); });
  return removed;
}

// What the images that stay need.
struct Needed {
  std::set<std::string> blobs;  // hex
  std::set<layer::LayerId> layers;
};

Needed WhatStays(const ImageStore& store, const std::vector<Digest>& noted) {
  std::set<Digest> removed(noted.begin(), noted.end());
  for (const ImageStore::Tagged& tagged : store.List()) {
    removed.erase(tagged.digest);
  }
  Needed needed;
  for (const Digest& digest : ListManifestBlobs(store.state())) {
    if (removed.contains(digest)) {
      continue;
    }
    needed.blobs.insert(digest.hex());
    try {
      const Image image = *store.Find(digest.ToString());
      needed.blobs.insert(image.config_blob.digest.hex());
      for (const Descriptor& blob : image.blobs) {
        needed.blobs.insert(blob.digest.hex());
      }
      needed.layers.insert(image.layers.begin(), image.layers.end());
    } catch (const Error&) {
      // A damaged image can't be run; pulling or loading it again brings back what goes now.
    }
  }
  return needed;
}

// False when a container uses it.
bool RemoveLayer(const ImageStore& store, const layer::LayerId& id) {
  const fs::path path = store.state().layers() / id;
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return false;
  }
  store.layers().Remove(id);
  return true;
}

}  // namespace

base::UniqueFd ImageStore::Hold() const {
  const fs::path path = state_.locks() / kLockName;
  base::UniqueFd fd = base::OpenFile(path, O_RDWR | O_CREAT);
  Lock(fd.get(), LOCK_SH, path);
  return fd;
}

std::vector<base::UniqueFd> ImageStore::HoldLayers(const std::vector<layer::LayerId>& ids) const {
  std::vector<base::UniqueFd> held;
  for (const layer::LayerId& id : ids) {
    const fs::path path = state_.layers() / id;
    base::UniqueFd fd = base::OpenFile(path, O_RDONLY | O_DIRECTORY);
    Lock(fd.get(), LOCK_SH, path);
    // It may have gone to the trash between open and lock.
    struct stat opened;
    struct stat named;
    if (::fstat(fd.get(), &opened) != 0 || ::stat(path.c_str(), &named) != 0 ||
        opened.st_ino != named.st_ino || opened.st_dev != named.st_dev) {
      throw Error(ErrorKind::kNotFound, "layer " + id + " was removed");
    }
    held.push_back(std::move(fd));
  }
  return held;
}

void ImageStore::Untag(const Reference& name) const {
  if (!RemoveRef(state_, name)) {
    throw Error(ErrorKind::kNotFound, "no image \"" + name.ToString() + "\" here");
  }
  // Before index.json is written: on a full disk this makes the room for it.
  Sweep();
  RewriteIndex(state_);
}

void ImageStore::Remove(const Digest& manifest) const {
  bool noted = false;
  for (const Tagged& tagged : List()) {
    if (tagged.digest == manifest) {
      noted = RemoveRef(state_, *Reference::Parse(tagged.name)) || noted;
    }
  }
  if (!noted) {
    NoteRemoved(state_, manifest);
  }
  Sweep();
  RewriteIndex(state_);
}

bool ImageStore::Sweep() const {
  const fs::path path = state_.locks() / kLockName;
  const base::UniqueFd lock = base::OpenFile(path, O_RDWR | O_CREAT);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return false;
  }
  const std::vector<Digest> removed = ListRemovable(state_);
  const Needed needed = WhatStays(*this, removed);
  // Manifests first: after a crash in between no manifest names a blob that is gone.
  for (const Digest& digest : removed) {
    if (!needed.blobs.contains(digest.hex())) {
      ::unlink((state_.blobs() / digest.hex()).c_str());
    }
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(state_.blobs())) {
    if (!needed.blobs.contains(entry.path().filename().string())) {
      ::unlink(entry.path().c_str());
    }
  }
  for (const layer::LayerId& id : layers_.List()) {
    if (IsChainId(id) && !needed.layers.contains(id)) {
      RemoveLayer(*this, id);
    }
  }
  for (const Digest& digest : removed) {
    ForgetRemoved(state_, digest);
  }
  return true;
}

}  // namespace runtime::image
