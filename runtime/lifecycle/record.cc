#include "runtime/lifecycle/record.h"

namespace runtime::lifecycle {

bool IsAlive(Status status) {
  return status == Status::kRunning || status == Status::kPaused || status == Status::kRestarting;
}

const char* Name(Status status) {
  switch (status) {
    case Status::kCreated:
      return "created";
    case Status::kRunning:
      return "running";
    case Status::kPaused:
      return "paused";
    case Status::kRestarting:
      return "restarting";
    case Status::kExited:
      break;
  }
  return "exited";
}

WallTime Now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace runtime::lifecycle
