// What `runner serve` needs of the rest of the program: the engine with its container backend, and
// the run directories.
#pragma once

#include <memory>

#include "reports/run_reader.h"
#include "runner/serve/config.h"
#include "runner/serve/run_queue.h"
#include "runner/serve/scheduler.h"
#include "runtime/base/state_dir.h"

namespace runner::serve {

struct EngineParts {
  RunFunction run;
  ReadSchedule read_schedule;
  std::unique_ptr<reports::RunReader> reader;
};

// Both arguments outlive what is made. Called before the server starts its threads.
EngineParts MakeEngineParts(const runtime::base::StateDir& state, const Config& config);

}  // namespace runner::serve
