#include "runtime/container/forker.h"

#include <linux/futex.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <string>
#include <system_error>
#include <thread>

#include "runtime/base/clone.h"
#include "runtime/base/error.h"

namespace runtime::container {
using base::Error;
namespace {

constexpr int kReturned = 125;  // exit code of a child that had nothing to execute

constexpr size_t kStackBytes = 256u << 10;  // A child's calls are few and hold paths.

// While it lives, the calling thread has all signals blocked, and so has what it makes.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

// Set by a child, also by one that has a copy of all else: a word of shared memory (futex(2)).
class Forker::Flag {
 public:
  Flag() {
    if (word_ == MAP_FAILED) {
      throw Error::FromErrno("memory to make processes");
    }
  }
  ~Flag() { ::munmap(word_, sizeof(uint32_t)); }
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;

  void Clear() const { Word() = 0; }
  void Set() const {
    Word() = 1;
    ::syscall(SYS_futex, word_, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
  void Await() const {
    while (Word() == 0) {
      ::syscall(SYS_futex, word_, FUTEX_WAIT, 0, nullptr, nullptr, 0);
    }
  }

 private:
  std::atomic_ref<uint32_t> Word() const { return std::atomic_ref(*static_cast<uint32_t*>(word_)); }

  void* const word_ =
      ::mmap(nullptr, sizeof(uint32_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
};

class Forker::Worker {
 private:
  struct Job {
    int flags = 0;
    void (*run)(void*) = nullptr;
    void* argument = nullptr;
    const Flag* begun = nullptr;  // the child runs, or will never
    pid_t pid = -1;
    int failure = 0;  // errno of the clone
  };

 public:
  Worker() {
    const SignalsBlocked blocked;
    try {
      thread_ = std::jthread([this](const std::stop_token& stop) { Serve(stop); });
    } catch (const std::system_error& e) {
      throw Error(base::ErrorKind::kUnavailable,
                  std::string("start a thread to make processes: ") + e.what());
    }
  }

  // Returns when the child runs; the errno of the clone.
  int Begin(int flags, void (*run)(void*), void* argument, pid_t& pid) {
    {
      const std::lock_guard lock(mutex_);
      job_ = {.flags = flags, .run = run, .argument = argument, .begun = &begun_};
      begun_.Clear();
      waiting_ = true;
      busy_ = true;
    }
    changed_.notify_all();
    begun_.Await();
    pid = job_.pid;
    return job_.failure;
  }

  void AwaitEnd() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !busy_; });
  }

 private:
  static int RunChild(void* job) {
    const Job& mine = *static_cast<const Job*>(job);
    mine.begun->Set();
    mine.run(mine.argument);
    return kReturned;
  }

  void Serve(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return waiting_; })) {
      waiting_ = false;
      lock.unlock();
      const int failure = Clone();
      lock.lock();
      if (failure != 0) {
        job_.failure = failure;
      }
      begun_.Set();  // A child that was killed at once could not.
      busy_ = false;
      changed_.notify_all();
    }
  }

  // Sanitizers note about a thread's memory what a child that shares it would confuse: with them it
  // gets a copy.
  int Clone() {
    const int flags = job_.flags | CLONE_VFORK | CLONE_PARENT_SETTID;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    clone_args arguments = {};
    arguments.flags = static_cast<unsigned>(flags);
    arguments.exit_signal = SIGCHLD;
    arguments.parent_tid = reinterpret_cast<uint64_t>(&job_.pid);
    const pid_t child = base::CloneCopy(arguments);
    if (child == 0) {
      base::EndCopy(RunChild(&job_));
    }
#else
    const int child = ::clone(RunChild, stack_.data() + stack_.size(), flags | CLONE_VM | SIGCHLD,
                              &job_, &job_.pid);
#endif
    return child < 0 ? errno : 0;
  }

  std::mutex mutex_;  // guards what follows; but the job is the child's while `busy_`
  std::condition_variable_any changed_;
  Job job_;
  bool waiting_ = false;
  bool busy_ = false;
  const Flag begun_;
  alignas(std::max_align_t) std::array<char, kStackBytes> stack_;
  std::jthread thread_;  // last: ends first
};

Forker::Forker(Way way) : way_(way) {}
Forker::~Forker() = default;

std::unique_ptr<Forker::Worker> Forker::Take() {
  static const size_t kMostWorkers = std::max(std::thread::hardware_concurrency(), 4U);
  std::unique_lock lock(mutex_);
  if (idle_.empty() && workers_ < kMostWorkers) {
    idle_.push_back(std::make_unique<Worker>());
    ++workers_;
  }
  given_back_.wait(lock, [this] { return !idle_.empty(); });
  std::unique_ptr<Worker> worker = std::move(idle_.back());
  idle_.pop_back();
  return worker;
}

void Forker::GiveBack(std::unique_ptr<Worker> worker) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(worker));
  }
  given_back_.notify_one();
}

Forker::Birth::Birth(Forker& forker, int flags, void (*run)(void*), void* argument)
    : forker_(forker) {
  if (forker_.way_ == Way::kCopied) {
    Copy(flags, run, argument);
  } else {
    Share(flags, run, argument);
  }
  // Nobody else waits for it, so the number is the child's.
  pidfd_.Reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd_) {
    const int number = errno;
    ::kill(pid_, SIGKILL);
    AwaitEnd();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    throw Error::FromErrno("pidfd_open", number);
  }
}

void Forker::Birth::AwaitEnd() {
  if (worker_ != nullptr) {
    worker_->AwaitEnd();
    forker_.GiveBack(std::move(worker_));
  }
}

void Forker::Birth::Copy(int flags, void (*run)(void*), void* argument) {
  clone_args arguments = {};
  arguments.flags = static_cast<unsigned>(flags);
  arguments.exit_signal = SIGCHLD;
  const SignalsBlocked blocked;
  pid_ = base::CloneCopy(arguments);
  if (pid_ == 0) {
    run(argument);
    base::EndCopy(kReturned);
  }
  if (pid_ < 0) {
    throw Error::FromErrno("clone3");
  }
}

void Forker::Birth::Share(int flags, void (*run)(void*), void* argument) {
  worker_ = forker_.Take();
  if (const int failure = worker_->Begin(flags, run, argument, pid_); failure != 0) {
    AwaitEnd();
    throw Error::FromErrno("clone", failure);
  }
}

Forker::Birth::~Birth() { AwaitEnd(); }

}  // namespace runtime::container
