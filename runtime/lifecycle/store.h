// Store: the kept containers of one state directory.
//
//   ROOT/kept/ID/container.json   what it is (record.h, Config); never changes
//                name             under which people know it
//                state.json       how it is (record.h, State); written by who has the lock
//                lock             LifeLock
//                pins             what must not be removed while the container is kept
//                control          socket of its monitor (control.h)
//                log, log.1 ...   what it wrote (log_format.h)
//                rootfs, rootfs.work   the writable part
//
// A container appears and goes by rename. Names are given under a lock of the whole store
// (locks/kept), so that each is unique. Safe for several processes at once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/state_dir.h"
#include "runtime/container/cgroup.h"
#include "runtime/layer/snapshot.h"
#include "runtime/lifecycle/life_lock.h"
#include "runtime/lifecycle/record.h"

namespace runtime::lifecycle {

struct Kept {
  std::string name;
  Config config;
  State state;
};

// Thread-safe.
class Store {
 public:
  explicit Store(const base::StateDir& state) : state_(state) {}

  // 12 random hex digits. Throws Error.
  static std::string NewId();
  // Docker's rule: [a-zA-Z0-9][a-zA-Z0-9_.-]+, at most 128 characters. Throws Error (kUsage).
  static void RequireName(const std::string& name);

  const base::StateDir& state() const { return state_; }
  std::filesystem::path Directory(const std::string& id) const { return state_.kept() / id; }
  // The root file system, with the writable part.
  layer::Snapshot Rootfs(const Config& config) const;

  // Publishes a container that was never started. Without a name it is known by its id. Throws
  // Error (kExists) when the name is taken.
  LifeLock Create(const Config& config, const std::string& name) const;

  // The id for a name, an id or the first digits of one. Throws Error: kNotFound, kUsage when
  // several begin so.
  std::string Find(const std::string& text) const;

  // Nothing when there is no such container (any more). Settles first: a container whose monitor
  // was killed is shown as ended, or is removed where that was asked for. Throws Error when its
  // record can't be read.
  std::optional<Kept> Load(const std::string& id) const;
  // The same by name or id; throws Error (kNotFound) in place of nothing.
  Kept Get(const std::string& text) const;
  // The same of a container whose monitor has just gone: waits, for moments, until it can be
  // settled.
  std::optional<Kept> LoadEnded(const std::string& id) const;
  // All ids, unordered.
  std::vector<std::string> List() const;

  // The lock; nothing when a monitor has it, so that the container lives. Waits for those who have
  // it for moments. Throws Error: kNotFound when the container is gone.
  std::optional<LifeLock> Take(const std::string& id) const;

  // The caller has the lock. A state that is final is flushed. Throws Error.
  void WriteState(const std::string& id, const State& state) const;
  // The caller has the lock and gives it up with the call. `with_volumes`: those too that were made
  // for it alone and that nobody uses. Throws Error.
  void Remove(const std::string& id, bool with_volumes) const;
  // Throws Error (kExists) when the name is taken.
  void Rename(const std::string& id, const std::string& name) const;

  // Settles every container; removes what crashes left. Never throws: what fails is a later one's.
  void Sweep() const noexcept;

 private:
  std::optional<std::string> FindName(const std::string& name) const;
  State ReadState(const std::string& id) const;
  Config ReadConfig(const std::string& id) const;
  void Settle(const std::string& id, bool remove_at_end) const;

  base::StateDir state_;
};

}  // namespace runtime::lifecycle
