#include "runner/mount_options.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "runner/refuse.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/units.h"
#include "runtime/volume/seed.h"

namespace runner {
namespace fs = std::filesystem;
namespace base = runtime::base;
namespace container = runtime::container;
namespace volume = runtime::volume;
namespace {

using Kind = MountRequest::Kind;

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool IsTarget(const fs::path& path) {
  return path.is_absolute() && path.lexically_normal() != path.root_path();
}

bool IsHostPath(std::string_view source) {
  return source.starts_with('/') || source.starts_with("./") || source.starts_with("../") ||
         source == "." || source == "..";
}

// Sets kind and source. False when the source is neither a path of this host nor a name.
bool TakeSource(const std::string& source, MountRequest& mount) {
  if (IsHostPath(source)) {
    mount.kind = Kind::kBind;
    mount.source = fs::absolute(source).lexically_normal();
    return true;
  }
  mount.kind = Kind::kVolume;
  mount.source = source;
  return volume::VolumeStore::IsName(source);
}

// Docker's words behind the second colon. SELinux labels and hints for other systems mean nothing
// here.
bool TakeMode(const std::string& word, MountRequest& mount) {
  constexpr std::string_view kNothing[] = {"rw",        "z",          "Z",       "cached",
                                           "delegated", "consistent", "private", "rprivate"};
  if (word == "ro" || word == "nocopy") {
    (word == "ro" ? mount.read_only = true : mount.seed = false);
    return true;
  }
  return std::find(std::begin(kNothing), std::end(kNothing), word) != std::end(kNothing);
}

// Octal, as chmod(1) has it.
std::optional<unsigned> ParseMode(const std::string& text) {
  unsigned mode = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && mode <= 07777 ? std::optional<unsigned>(mode) : std::nullopt;
}

bool TakeSize(const std::string& text, MountRequest& mount) {
  const std::optional<uint64_t> bytes = base::ParseSize(text);
  mount.size_bytes = bytes.value_or(0);
  return mount.size_bytes > 0;
}

bool SetMode(const std::optional<unsigned>& mode, MountRequest& mount) {
  mount.mode = mode.value_or(0);
  return mode.has_value();
}

// What mount(8) calls the options of a tmpfs; set-user-id files and devices are never allowed. A
// size may stand alone.
bool TakeTmpfsWord(const std::string& word, MountRequest& mount) {
  if (word == "ro" || word == "rw") {
    mount.read_only = word == "ro";
    return true;
  }
  if (word == "exec" || word == "noexec") {
    mount.executable = word == "exec";
    return true;
  }
  if (word.starts_with("mode=")) {
    return SetMode(ParseMode(word.substr(5)), mount);
  }
  return word == "nosuid" || word == "nodev" ||
         TakeSize(word.starts_with("size=") ? word.substr(5) : word, mount);
}

bool TakeFlag(const std::string& value) { return value.empty() || value == "true" || value == "1"; }

}  // namespace

MountRequest ParseVolumeOption(const std::string& text) {
  constexpr char kExpected[] =
      "SOURCE:PATH or SOURCE:PATH:ro, where SOURCE is a path of this host "
      "or a volume's name and PATH is absolute; or PATH alone";
  const std::vector<std::string> parts = Split(text, ':');
  MountRequest mount;
  if (parts.size() == 1 && IsTarget(text)) {
    mount.kind = Kind::kVolume;
    mount.target = text;
    return mount;
  }
  if (parts.size() < 2 || parts.size() > 3 || !TakeSource(parts[0], mount)) {
    Refuse("--volume", text, kExpected);
  }
  mount.target = parts[1];
  for (const std::string& word : Split(parts.size() == 3 ? parts[2] : "rw", ',')) {
    if (!TakeMode(word, mount)) {
      Refuse("--volume", text, kExpected);
    }
  }
  if (!IsTarget(mount.target)) {
    Refuse("--volume", text, kExpected);
  }
  return mount;
}

MountRequest ParseTmpfsOption(const std::string& text) {
  MountRequest mount;
  mount.kind = Kind::kTmpfs;
  const size_t colon = std::min(text.find(':'), text.size());
  mount.target = text.substr(0, colon);
  const std::string options = colon < text.size() ? text.substr(colon + 1) : "rw";
  const std::vector<std::string> words = Split(options, ',');
  const bool known = std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return TakeTmpfsWord(word, mount);
  });
  if (!IsTarget(mount.target) || !known) {
    Refuse("--tmpfs", text, "PATH or PATH:OPTIONS, such as /tmp:size=64m,mode=1777,noexec");
  }
  return mount;
}

MountRequest ParseMountOption(const std::string& text) {
  MountRequest mount;
  std::string type = "volume";
  std::string source;
  for (const std::string& field : Split(text, ',')) {
    const size_t equals = std::min(field.find('='), field.size());
    const std::string key = field.substr(0, equals);
    const std::string value = equals < field.size() ? field.substr(equals + 1) : "";
    if (key == "type") {
      type = value;
    } else if (key == "source" || key == "src") {
      source = value;
    } else if (key == "target" || key == "destination" || key == "dst") {
      mount.target = value;
    } else if (key == "readonly" || key == "ro") {
      mount.read_only = TakeFlag(value);
    } else if (key == "volume-nocopy") {
      mount.seed = !TakeFlag(value);
    } else if (!(key == "tmpfs-size" && TakeSize(value, mount)) &&
               !(key == "tmpfs-mode" && SetMode(ParseMode(value), mount)) &&
               !(key == "bind-propagation" && (value == "private" || value == "rprivate")) &&
               key != "consistency") {
      Refuse("--mount", text,
             "no \"" + field +
                 "\": known are type, source, target, readonly, volume-nocopy, tmpfs-size and "
                 "tmpfs-mode");
    }
  }
  if (!IsTarget(mount.target)) {
    Refuse("--mount", text, "target=PATH with an absolute path");
  }
  if (type == "tmpfs") {
    mount.kind = Kind::kTmpfs;
  } else if (type == "volume" && source.empty()) {
    mount.kind = Kind::kVolume;
  } else if ((type != "bind" && type != "volume") || !TakeSource(source, mount) ||
             (mount.kind == Kind::kBind) != (type == "bind")) {
    Refuse("--mount", text, "type=bind,source=HOST-PATH, type=volume,source=NAME, or type=tmpfs");
  }
  return mount;
}

bool IsTaken(const fs::path& target, const std::vector<MountRequest>& mounts) {
  // With a slash at its end, each.
  const auto normal = [](const fs::path& path) { return (path / "").lexically_normal(); };
  return std::any_of(mounts.begin(), mounts.end(), [&](const MountRequest& mount) {
    return normal(mount.target) == normal(target);
  });
}

void AddImageVolumes(const std::vector<std::string>& paths, std::vector<MountRequest>& mounts) {
  for (const std::string& text : paths) {
    const fs::path path = fs::path(text).lexically_normal();
    if (IsTarget(path) && !IsTaken(path, mounts)) {
      MountRequest mount;
      mount.kind = Kind::kVolume;
      mount.target = path;
      mounts.push_back(std::move(mount));
    }
  }
}

namespace {

volume::HeldVolume Hold(const MountRequest& mount, const volume::VolumeStore& store,
                        const fs::path& directory) {
  if (!mount.source.empty()) {
    return store.Hold(mount.source);
  }
  if (directory.empty()) {
    return store.Hold(volume::VolumeStore::NewName(), {.anonymous = true});
  }
  volume::HeldVolume held;
  held.volume.name = "of " + mount.target.string();
  held.volume.data = directory / "data";
  base::MakeDirectories(held.volume.data, 0755);
  held.lock = base::OpenFile(directory, O_RDONLY | O_DIRECTORY);
  return held;
}

void AddVolume(const MountRequest& mount, const volume::VolumeStore& store, const fs::path& scratch,
               container::ContainerSpec& spec, std::vector<volume::HeldVolume>& held) {
  held.push_back(
      Hold(mount, store,
           scratch.empty() ? scratch : scratch / ("volume-" + std::to_string(held.size()))));
  if (mount.seed) {
    runtime::layer::Snapshot image = spec.rootfs;
    image.upper.clear();
    image.work.clear();
    volume::SeedVolume(held.back(), image, mount.target);
  }
  spec.binds.push_back(
      {.source = held.back().volume.data, .target = mount.target, .read_only = mount.read_only});
}

void AddMount(const MountRequest& mount, const volume::VolumeStore& store, const fs::path& scratch,
              container::ContainerSpec& spec, std::vector<volume::HeldVolume>& held) {
  switch (mount.kind) {
    case Kind::kTmpfs:
      spec.tmpfs.push_back({.target = mount.target,
                            .size_bytes = mount.size_bytes,
                            .mode = mount.mode,
                            .read_only = mount.read_only,
                            .executable = mount.executable});
      break;
    case Kind::kBind:
      if (!fs::exists(mount.source)) {
        Refuse("--volume", mount.source, "a host path that exists");
      }
      spec.binds.push_back(
          {.source = mount.resolved ? fs::path(mount.source) : fs::canonical(mount.source),
           .target = mount.target,
           .read_only = mount.read_only,
           .resolved = true});
      break;
    case Kind::kVolume:
      AddVolume(mount, store, scratch, spec, held);
      break;
  }
}

}  // namespace

std::vector<volume::HeldVolume> AddMounts(const std::vector<MountRequest>& mounts,
                                          const base::StateDir& state,
                                          container::ContainerSpec& spec, const fs::path& scratch) {
  const volume::VolumeStore store(state);
  std::vector<volume::HeldVolume> held;
  try {
    for (const MountRequest& mount : mounts) {
      AddMount(mount, store, scratch, spec, held);
    }
  } catch (...) {
    RemoveNewVolumes(std::move(held), state);
    throw;
  }
  return held;
}

void RemoveNewVolumes(std::vector<volume::HeldVolume> held, const base::StateDir& state) noexcept {
  for (volume::HeldVolume& volume : held) {
    volume.lock.Reset();
    try {
      if (volume.volume.anonymous) {
        volume::VolumeStore(state).RemoveAnonymous(volume.volume.name);
      }
    } catch (const base::Error&) {
      // It is for `volume prune`; why we are here is what the user should read.
    }
  }
}

}  // namespace runner
