// How another process tells a run to end, and sees that it has.
//
// runs/ID/control is a FIFO that the process of the run reads: that it can be opened for writing
// says that there is such a process. runs/ID/lock is free when nothing of the run is left.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <thread>

#include "runner/run_paths.h"
#include "runtime/base/fd.h"

namespace runner {

// The run's side: takes orders as long as it lives. Starts a thread.
class RunControl {
 public:
  // Makes the run's directory and the FIFO. `stop` also ends the run. Throws Error.
  RunControl(const RunPaths& paths, std::stop_token stop);
  RunControl(const RunControl&) = delete;
  RunControl& operator=(const RunControl&) = delete;
  ~RunControl();

  std::stop_token token() const { return source_.get_token(); }

 private:
  void Listen();

  struct Forward {
    std::stop_source& source;
    void operator()() const { source.request_stop(); }
  };
  const std::filesystem::path path_;
  std::stop_source source_;
  std::stop_callback<Forward> forward_;
  runtime::base::UniqueFd orders_;
  runtime::base::Pipe end_;
  std::thread thread_;
};

// The way to the process of the run; nothing when there is none. While it is open, poll(2) says
// POLLERR once that process has let go of the run. Throws Error.
std::optional<runtime::base::UniqueFd> OpenControl(const RunPaths& paths);

// Tells the run to end. Throws Error.
void TellToEnd(const runtime::base::UniqueFd& control);

// Returns once no process works on the run. Throws Error, also (kCancelled) when stopped.
void AwaitEnd(const RunPaths& paths, const std::stop_token& stop);

}  // namespace runner
