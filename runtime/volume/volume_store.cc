#include "runtime/volume/volume_store.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/pins.h"
#include "runtime/base/terminal_text.h"

namespace runtime::volume {
namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
using nlohmann::json;

namespace {

constexpr char kData[] = "data";
constexpr char kRecord[] = "volume.json";
constexpr size_t kLongestName = 128;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

// Nothing when it isn't there, or was removed before the lock was ours.
UniqueFd OpenLocked(const fs::path& directory, int operation) {
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat ours;
  struct stat there;
  if (!fd || ::flock(fd.get(), operation) != 0 || ::fstat(fd.get(), &ours) != 0 ||
      ::stat(directory.c_str(), &there) != 0 || ours.st_ino != there.st_ino) {
    fd.Reset();
  }
  return fd;
}

}  // namespace

bool VolumeStore::IsName(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && text.front() != '_' &&
         text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), IsNameCharacter);
}

void VolumeStore::RequireName(const std::string& name) const {
  if (!IsName(name)) {
    throw Error(ErrorKind::kUsage,
                "volume \"" + base::ForMessage(name.substr(0, 200)) +
                    "\": a name is a letter or digit and then letters, digits, '_', '.' and '-', "
                    "at most 128");
  }
}

fs::path VolumeStore::Path(const std::string& name) const { return state_.volumes() / name; }

Volume VolumeStore::Create(const std::string& name,
                           const std::map<std::string, std::string>& labels) const {
  RequireName(name);
  return base::WithContext("make volume " + name, [&] {
    base::MakeDirectories(state_.volumes());
    base::TemporaryDirectory draft(state_.tmp(), "volume");
    base::MakeDirectories(draft.path() / kData, 0755);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const json record = {{"created", std::chrono::duration_cast<std::chrono::seconds>(now).count()},
                         {"labels", labels}};
    base::WriteFileAtomically(draft.path() / kRecord, record.dump());
    if (::renameat2(AT_FDCWD, draft.path().c_str(), AT_FDCWD, Path(name).c_str(),
                    RENAME_NOREPLACE) == 0) {
      draft.Release();
    } else if (errno != EEXIST) {
      throw Error::FromErrno("rename");
    }
    if (const std::optional<Volume> volume = Find(name)) {
      return *volume;
    }
    throw Error(ErrorKind::kUnavailable, "it was removed at once");
  });
}

std::optional<Volume> VolumeStore::Find(const std::string& name) const {
  RequireName(name);
  const std::optional<std::string> text = base::ReadFileIfExists(Path(name) / kRecord, 1 << 20);
  if (!text) {
    return std::nullopt;
  }
  Volume volume;
  volume.name = name;
  volume.data = Path(name) / kData;
  const json record = json::parse(*text, nullptr, false);
  if (!record.is_object()) {
    throw Error(ErrorKind::kInvalid, "volume " + name + ": its record " +
                                         (Path(name) / kRecord).string() + " is damaged");
  }
  if (const auto created = record.find("created"); created != record.end()) {
    volume.created = created->is_number_integer() ? created->get<int64_t>() : 0;
  }
  if (const auto labels = record.find("labels"); labels != record.end() && labels->is_object()) {
    for (const auto& [key, value] : labels->items()) {
      volume.labels[key] = value.is_string() ? value.get<std::string>() : "";
    }
  }
  return volume;
}

std::vector<Volume> VolumeStore::List() const {
  std::vector<Volume> volumes;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(state_.volumes(), error)) {
    const std::string name = entry.path().filename();
    if (std::optional<Volume> volume = IsName(name) ? Find(name) : std::nullopt) {
      volumes.push_back(std::move(*volume));
    }
  }
  std::sort(volumes.begin(), volumes.end(),
            [](const Volume& a, const Volume& b) { return a.name < b.name; });
  return volumes;
}

bool VolumeStore::IsPinned(const std::string& name) const {
  return base::PinnedNames(state_, base::PinKind::kVolume).contains(name);
}

bool VolumeStore::IsInUse(const std::string& name) const {
  RequireName(name);
  return fs::exists(Path(name)) && (IsPinned(name) || !OpenLocked(Path(name), LOCK_EX | LOCK_NB));
}

HeldVolume VolumeStore::Hold(const std::string& name) const {
  // Somebody may remove it between the two calls.
  for (int attempt = 0; attempt < 10; ++attempt) {
    Volume volume = Create(name);
    if (UniqueFd lock = OpenLocked(Path(name), LOCK_SH)) {
      return {std::move(volume), std::move(lock)};
    }
  }
  throw Error(ErrorKind::kUnavailable, "volume " + name + ": it is removed again and again");
}

void VolumeStore::Remove(const std::string& name) const {
  if (!Find(name)) {
    throw Error(ErrorKind::kNotFound, "no volume named " + name + " (see: runner volume ls)");
  }
  const UniqueFd lock = OpenLocked(Path(name), LOCK_EX | LOCK_NB);
  if (!lock || IsPinned(name)) {
    throw Error(
        ErrorKind::kUnavailable,
        "remove volume " + name + ": a container uses it; end or remove the container first");
  }
  const base::TemporaryDirectory grave(state_.trash(), "volume");
  if (::rename(Path(name).c_str(), (grave.path() / name).c_str()) != 0) {
    throw Error::FromErrno("remove volume " + name);
  }
}

}  // namespace runtime::volume
