// Server: webhooks in, runs out. A queue and a page around the very call that `runner exec` makes.
//
// A delivery is stored and flushed before it is answered; after a crash what was running runs once
// more. One server per state directory.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "reports/run_reader.h"
#include "runner/serve/config.h"
#include "runner/serve/http_server.h"
#include "runner/serve/run_queue.h"
#include "runner/serve/scheduler.h"
#include "runtime/base/clock.h"
#include "runtime/base/http.h"
#include "runtime/base/state_dir.h"

namespace runner::serve {

// What the server is made of; all of it outlives the server.
struct ServerParts {
  RunFunction run;
  reports::RunReader* reader = nullptr;          // of the run directories
  runtime::base::HttpTransport* http = nullptr;  // to GitHub
  std::function<void(const std::string&)> log;   // one line for the administrator; any thread
  ReadSchedule read_schedule;
  const runtime::base::Clock* clock = nullptr;  // of schedules
};

struct ServerOptions {
  HttpServerOptions http;
  int runs_at_once = 2;
};

class Server {
 public:
  // Takes the state directory's lock, recovers what a crash left, and serves. Throws Error: another
  // server has the directory, a secret can't be read, the address is taken, ...
  Server(Config config, const runtime::base::StateDir& state, ServerParts parts,
         ServerOptions options);
  // Stop().
  ~Server();

  // "127.0.0.1:8080"
  const std::string& address() const;

  // Takes no more deliveries, ends what runs and queues it for the next start, and returns when
  // nothing of it is left. May be called twice.
  void Stop();

  // The clock was set: are there schedules that are due? Any thread, before Stop().
  void LookAtTheClock();

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace runner::serve
