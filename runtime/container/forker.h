// Forker: makes children that go on to execute another program.
//
// Those of a large process share its memory until then, as with vfork(2): nothing is copied, so a
// child costs the same whatever the process's size. The kernel holds up the thread that makes such
// a child, so threads of our own do that, a few, and whoever asked goes on beside the child. Those
// of a small process are copies, made by who asks: that takes less than a thread.
//
// All signals are blocked in the children.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::container {

// Thread-safe.
class Forker {
 private:
  class Flag;
  class Worker;

 public:
  enum class Way { kShared, kCopied };

  explicit Forker(Way way);
  ~Forker();  // No child may be left that shares, or that dies with its thread (PR_SET_PDEATHSIG).

  // A child on its way. While this lives, the child may use the caller's memory.
  class Birth {
   public:
    // Returns when the child runs. `run` gets `argument`; it must not return, allocate or take a
    // lock, and what it writes may or may not be seen here. `flags` are CLONE_NEW* (clone(2)).
    // The thread that the child has for a parent lives as long as the forker, or is the caller's.
    // Throws Error with the errno of clone or of pidfd_open(2); no child is left then.
    Birth(Forker& forker, int flags, void (*run)(void* argument), void* argument);
    Birth(const Birth&) = delete;
    Birth& operator=(const Birth&) = delete;
    ~Birth();  // Returns when the child has executed another program or is dead.

    pid_t pid() const { return pid_; }
    // The child's, once.
    base::UniqueFd TakePidfd() { return std::move(pidfd_); }

   private:
    void Copy(int flags, void (*run)(void*), void* argument);
    void Share(int flags, void (*run)(void*), void* argument);
    void AwaitEnd();  // may be called twice

    Forker& forker_;
    std::unique_ptr<Worker> worker_;  // of a child that shares
    pid_t pid_ = -1;
    base::UniqueFd pidfd_;
  };

 private:
  std::unique_ptr<Worker> Take();
  void GiveBack(std::unique_ptr<Worker> worker);

  const Way way_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable given_back_;
  std::vector<std::unique_ptr<Worker>> idle_;
  size_t workers_ = 0;  // made so far
};

}  // namespace runtime::container
