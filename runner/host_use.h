// HostUse: the processors and the memory of this host, shared between the steps of all runs that
// use one state directory, whichever process they are in. A step waits for them rather than fail
// for want of them.
//
// A claim is a file in the directory, locked (flock(2)) by its process as long as it lives: what a
// process that was killed had claimed is free again. Files are read and written under one lock.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "runner/host_claims.h"
#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"

namespace runner {

class HostUse {
 public:
  // What a step holds, until the object goes. Any thread; outlives no directory.
  class Held {
   public:
    Held(std::filesystem::path file, runtime::base::UniqueFd fd)
        : file_(std::move(file)), fd_(std::move(fd)) {}
    Held(Held&&) noexcept = default;
    Held& operator=(Held&&) = delete;
    ~Held();

   private:
    friend class HostUse;
    std::filesystem::path file_;
    runtime::base::UniqueFd fd_;
  };

  // The directory is made.
  HostUse(std::filesystem::path directory, const HostShare& capacity);

  // Of this host: its processors, and three quarters of its memory.
  static HostUse OfHost(const runtime::base::StateDir& state);

  // Waits until it is the claim's turn (host_claims.h; ticket and holding are set here). `say` is
  // told what it waits for, where it has to, and then that it goes on. Throws Error, also
  // (kCancelled) when stopped.
  Held Take(HostClaim claim, const std::function<void(const std::string&)>& say,
            const std::stop_token& stop) const;

 private:
  std::filesystem::path LockPath() const { return directory_ / "lock"; }
  // All live claims; files of dead processes are removed. Under the lock.
  std::vector<HostClaim> ReadClaims(const Held* own, const HostClaim& claim) const;
  Held Ask(HostClaim& claim) const;

  std::filesystem::path directory_;
  HostShare capacity_;
};

}  // namespace runner
