// Requests: what status, start and stop do to the services.
#pragma once

#include <cstdint>

#include "runtime/supervise/control.h"
#include "runtime/supervise/services.h"

namespace runtime::supervise {

class Requests {
 public:
  // `grace`: milliseconds that a service has to end when it is asked to.
  Requests(Services& services, int64_t grace) : services_(services), grace_(grace) {}

  void Open() { control_.Open(); }
  int fd() const { return control_.fd(); }

  // Takes those that have come. Nothing is started or stopped when `ending`.
  void Handle(int64_t now, bool ending);
  // Answers who waits for the end of a service that is down by now.
  void AnswerStopped(int64_t now);

 private:
  void HandleOne(const Control::Request& request, int64_t now, bool ending);
  void Status(const Asker& asker, int64_t now);

  Services& services_;
  int64_t grace_;
  Control control_;
  Asker waiting_[kMaxServices];  // by place in services_
};

}  // namespace runtime::supervise
