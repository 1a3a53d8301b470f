#include "runtime/lifecycle/store.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/pins.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/reaper.h"
#include "runtime/lifecycle/record_json.h"
#include "runtime/volume/volume_store.h"

namespace runtime::lifecycle {
namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

namespace {

constexpr char kConfig[] = "container.json";
constexpr char kState[] = "state.json";
constexpr char kName[] = "name";
constexpr char kLockName[] = "kept";
constexpr size_t kLongestName = 128;
constexpr size_t kLongestRecord = 8u << 20;
constexpr int kPatienceMs = 5000;
// Nothing tells that somebody is done: who waits for that looks again.
constexpr int kLookAgainMs = 5;
constexpr std::chrono::seconds kLongestWait{30};

bool IsHex(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

[[noreturn]] void RefuseMissing(const std::string& text) {
  throw Error(ErrorKind::kNotFound, "no container \"" + base::ForMessage(text.substr(0, 200)) +
                                        "\" here (see: runner container ps -a)");
}

std::vector<base::Pin> PinsOf(const Config& config) {
  std::vector<base::Pin> pins = {{base::PinKind::kImage, config.image_digest}};
  for (const std::string& volume : config.volumes) {
    pins.push_back({base::PinKind::kVolume, volume});
  }
  return pins;
}

}  // namespace

std::string Store::NewId() {
  std::array<char, 6> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error::FromErrno("getrandom");
  }
  return base::ToHex({bytes.data(), bytes.size()});
}

void Store::RequireName(const std::string& name) {
  const bool plain = name.size() >= 2 && name.size() <= kLongestName && name.front() != '_' &&
                     name.front() != '.' && name.front() != '-' &&
                     std::all_of(name.begin(), name.end(), IsNameCharacter);
  if (!plain) {
    throw Error(ErrorKind::kUsage,
                "container name \"" + base::ForMessage(name.substr(0, 200)) +
                    "\": expected a letter or digit and then letters, digits, '_', '.' and '-', "
                    "2 to 128 in all");
  }
}

layer::Snapshot Store::Rootfs(const Config& config) const {
  layer::Snapshot rootfs = layer::LayerStore(state_).Stack(config.layers);
  rootfs.upper = Directory(config.id) / "rootfs";
  rootfs.work = Directory(config.id) / "rootfs.work";
  rootfs.durable = true;
  return rootfs;
}

LifeLock Store::Create(const Config& config, const std::string& name) const {
  base::MakeDirectories(state_.kept());
  const base::FileLock names(state_.locks() / kLockName);
  if (!name.empty()) {
    RequireName(name);
    if (const std::optional<std::string> other = FindName(name)) {
      throw Error(ErrorKind::kExists, "the name \"" + name + "\" is that of container " + *other +
                                          "; remove or rename it, or take another name");
    }
  }
  base::TemporaryDirectory draft(state_.tmp(), "kept");
  base::WriteFileAtomically(draft.path() / kConfig, FormatConfig(config));
  base::WriteFileAtomically(draft.path() / kState, FormatState({}));
  base::WriteFileAtomically(draft.path() / kName, name.empty() ? config.id : name);
  base::WritePins(draft.path(), PinsOf(config));
  LifeLock lock = LifeLock::Make(draft.path());
  if (::rename(draft.path().c_str(), Directory(config.id).c_str()) != 0) {
    throw Error::FromErrno("publish " + Directory(config.id).string());
  }
  draft.Release();
  return lock;
}

std::optional<std::string> Store::FindName(const std::string& name) const {
  for (std::string& id : List()) {
    if (base::ReadFileIfExists(Directory(id) / kName, kLongestName) == name) {
      return std::move(id);
    }
  }
  return std::nullopt;
}

std::string Store::Find(const std::string& text) const {
  if (IsHex(text) && fs::exists(Directory(text))) {
    return text;
  }
  if (const std::optional<std::string> id = FindName(text)) {
    return *id;
  }
  std::optional<std::string> found;
  for (std::string& id : IsHex(text) ? List() : std::vector<std::string>()) {
    if (id.starts_with(text)) {
      if (found) {
        throw Error(ErrorKind::kUsage, "\"" + text + "\" begins the ids of several containers");
      }
      found = std::move(id);
    }
  }
  if (!found) {
    RefuseMissing(text);
  }
  return *found;
}

State Store::ReadState(const std::string& id) const {
  const std::optional<std::string> text =
      base::ReadFileIfExists(Directory(id) / kState, kLongestRecord);
  if (!text) {
    RefuseMissing(id);
  }
  return base::WithContext("state of container " + id, [&] { return ParseState(*text); });
}

Config Store::ReadConfig(const std::string& id) const {
  const std::string text = base::ReadFile(Directory(id) / kConfig, kLongestRecord);
  return base::WithContext("record of container " + id, [&] { return ParseConfig(text); });
}

void Store::Settle(const std::string& id, bool remove_at_end) const {
  const std::optional<LifeLock> lock = LifeLock::Try(Directory(id));
  // Another process may have settled, or started it again.
  State state = lock ? ReadState(id) : State();
  if (state.status == Status::kCreated || (state.status == Status::kExited && !remove_at_end)) {
    return;
  }
  container::RemoveContainer(state_, container::CgroupHierarchy::Detect(), id, kPatienceMs);
  if (remove_at_end) {
    Remove(id, true);
    return;
  }
  state.status = Status::kExited;
  state.pid = 0;
  state.finished = Now();
  state.exit_code = 128 + 9;
  state.reason = "its monitor was killed, and the container with it";
  WriteState(id, state);
}

std::optional<Kept> Store::Load(const std::string& id) const {
  try {
    Kept kept;
    kept.config = ReadConfig(id);
    const Status status = ReadState(id).status;
    const bool lives = IsAlive(status);
    const bool goes = status == Status::kExited && kept.config.remove_at_end;
    if ((lives || goes) && !LifeLock::IsHeld(Directory(id))) {
      Settle(id, kept.config.remove_at_end);
    }
    kept.name = base::ReadFile(Directory(id) / kName, kLongestName);
    kept.state = ReadState(id);
    return kept;
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kNotFound) {
      return std::nullopt;
    }
    throw;
  }
}

Kept Store::Get(const std::string& text) const {
  std::optional<Kept> kept = Load(Find(text));
  if (!kept) {
    RefuseMissing(text);
  }
  return *std::move(kept);
}

std::optional<Kept> Store::LoadEnded(const std::string& id) const {
  const auto give_up = std::chrono::steady_clock::now() + kLongestWait;
  while (true) {
    std::optional<Kept> kept = Load(id);
    if (!kept || !IsAlive(kept->state.status) || std::chrono::steady_clock::now() > give_up) {
      return kept;
    }
    ::poll(nullptr, 0, kLookAgainMs);
  }
}

std::vector<std::string> Store::List() const {
  std::vector<std::string> ids;
  std::error_code none;  // No directory: nothing was ever kept.
  for (const fs::directory_entry& entry : fs::directory_iterator(state_.kept(), none)) {
    if (std::string id = entry.path().filename(); IsHex(id)) {
      ids.push_back(std::move(id));
    }
  }
  return ids;
}

std::optional<LifeLock> Store::Take(const std::string& id) const {
  const auto give_up = std::chrono::steady_clock::now() + kLongestWait;
  while (true) {
    if (std::optional<LifeLock> lock = LifeLock::Try(Directory(id))) {
      return lock;
    }
    if (IsAlive(ReadState(id).status)) {
      return std::nullopt;
    }
    if (std::chrono::steady_clock::now() > give_up) {
      throw Error(ErrorKind::kUnavailable, "another command is busy with container " + id);
    }
    ::poll(nullptr, 0, kLookAgainMs);
  }
}

void Store::WriteState(const std::string& id, const State& state) const {
  base::WriteFileAtomically(
      Directory(id) / kState, FormatState(state),
      IsAlive(state.status) ? base::Durability::kNoFlush : base::Durability::kFlush);
}

void Store::Remove(const std::string& id, bool with_volumes) const {
  std::vector<std::string> volumes;
  if (with_volumes) {
    try {
      volumes = ReadConfig(id).volumes;
    } catch (const Error&) {
      // A damaged record, whose volumes are for `volume prune`.
    }
  }
  {
    const base::TemporaryDirectory grave(state_.trash(), "kept");
    if (::rename(Directory(id).c_str(), (grave.path() / id).c_str()) != 0) {
      throw Error::FromErrno("remove container " + id);
    }
  }
  for (const std::string& name : volumes) {
    volume::VolumeStore(state_).RemoveAnonymous(name);
  }
}

void Store::Rename(const std::string& id, const std::string& name) const {
  RequireName(name);
  const base::FileLock names(state_.locks() / kLockName);
  const std::optional<std::string> other = FindName(name);
  if (other && *other != id) {
    throw Error(ErrorKind::kExists, "the name \"" + name + "\" is that of container " + *other);
  }
  base::WriteFileAtomically(Directory(id) / kName, name);
}

void Store::Sweep() const noexcept {
  try {
    for (const std::string& id : List()) {
      try {
        Load(id);
      } catch (const std::exception&) {
        // A damaged record: shown by name to whoever asks for the container.
      }
    }
  } catch (const std::exception&) {
    // A later sweep tries again.
  }
}

}  // namespace runtime::lifecycle
