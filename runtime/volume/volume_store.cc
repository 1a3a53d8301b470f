#include "runtime/volume/volume_store.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/pins.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/project_quota.h"

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

// Only the file system can hold it: what looks now and then would end containers that are not to
// blame.
void SetLimit(const fs::path& data, uint64_t bytes) {
  if (!container::HasProjectQuotas(data)) {
    throw Error(ErrorKind::kUnsupported,
                "a size needs project quotas, which the file system of the state directory hasn't "
                "or doesn't give to an ordinary user (ext4 or xfs, mounted with prjquota)");
  }
  container::ProjectQuota::Set({data}, bytes);
}

}  // namespace

bool VolumeStore::IsName(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && text.front() != '_' &&
         text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), IsNameCharacter);
}

std::string VolumeStore::NewName() {
  std::array<char, 32> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error::FromErrno("getrandom");
  }
  return base::ToHex({bytes.data(), bytes.size()});
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

Volume VolumeStore::Create(const std::string& name, const VolumeOptions& options) const {
  RequireName(name);
  return base::WithContext("make volume " + name, [&] {
    base::MakeDirectories(state_.volumes());
    base::TemporaryDirectory draft(state_.tmp(), "volume");
    base::MakeDirectories(draft.path() / kData, 0755);
    if (options.size_bytes > 0) {
      SetLimit(draft.path() / kData, options.size_bytes);
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const json record = {{"created", std::chrono::duration_cast<std::chrono::seconds>(now).count()},
                         {"labels", options.labels},
                         {"size", options.size_bytes},
                         {"anonymous", options.anonymous}};
    base::WriteFileAtomically(draft.path() / kRecord, record.dump());
    if (::renameat2(AT_FDCWD, draft.path().c_str(), AT_FDCWD, Path(name).c_str(),
                    RENAME_NOREPLACE) == 0) {
      draft.Release();
    } else if (errno != EEXIST) {
      throw Error::FromErrno("rename");
    } else {
      container::ForgetProjectQuota(draft.path() / kData);
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
  volume.size_bytes = record.value("size", uint64_t{0});
  volume.anonymous = record.value("anonymous", false);
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
  return fs::exists(Path(name)) &&
         (IsPinned(name) || !base::OpenLockedDirectory(Path(name), LOCK_EX | LOCK_NB));
}

HeldVolume VolumeStore::Hold(const std::string& name, const VolumeOptions& options) const {
  // Somebody may remove it between the two calls.
  for (int attempt = 0; attempt < 10; ++attempt) {
    Volume volume = Create(name, options);
    if (UniqueFd lock = base::OpenLockedDirectory(Path(name), LOCK_SH)) {
      return {std::move(volume), std::move(lock)};
    }
  }
  throw Error(ErrorKind::kUnavailable, "volume " + name + ": it is removed again and again");
}

void VolumeStore::RemoveAnonymous(const std::string& name) const {
  const std::optional<Volume> volume = Find(name);
  if (!volume || !volume->anonymous) {
    return;
  }
  try {
    Remove(name);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnavailable && error.kind() != ErrorKind::kNotFound) {
      throw;
    }
  }
}

void VolumeStore::Remove(const std::string& name) const {
  if (!Find(name)) {
    throw Error(ErrorKind::kNotFound, "no volume named " + name + " (see: runner volume ls)");
  }
  const UniqueFd lock = base::OpenLockedDirectory(Path(name), LOCK_EX | LOCK_NB);
  if (!lock || IsPinned(name)) {
    throw Error(
        ErrorKind::kUnavailable,
        "remove volume " + name + ": a container uses it; end or remove the container first");
  }
  container::ForgetProjectQuota(Path(name) / kData);
  const base::TemporaryDirectory grave(state_.trash(), "volume");
  if (::rename(Path(name).c_str(), (grave.path() / name).c_str()) != 0) {
    throw Error::FromErrno("remove volume " + name);
  }
}

}  // namespace runtime::volume
