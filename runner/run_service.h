// RunService: one container that runs beside steps, from its start to its end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/service_spec.h"
#include "runner/joined_program.h"
#include "runner/service_log.h"
#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/container/container.h"
#include "runtime/container/container_directory.h"
#include "runtime/container/host.h"
#include "runtime/network/job_network.h"

namespace runner {

// Why steps can't have it. `error`: it is ours.
struct ServiceFailure {
  std::string reason;                   // one line, with the service's name
  std::vector<std::string> last_lines;  // of its output, without secrets
  std::optional<runtime::base::Error> error;
};

// All that its container stands on.
struct ServiceParts {
  pipeline::ServiceSpec service;
  std::vector<std::string> exposed_ports;       // by its image
  std::vector<runtime::base::UniqueFd> layers;  // held
  std::unique_ptr<runtime::container::ContainerDirectory> directory;
  std::unique_ptr<runtime::network::JobNetwork::Member> member;
  runtime::container::ContainerSpec spec;
  std::unique_ptr<ServiceLog> log;
};

// Two threads of its own: one that the container belongs to, one that asks whether it is ready. Any
// thread may call.
class RunService {
 public:
  // Starts it. `host` outlives the object.
  RunService(runtime::container::Host& host, ServiceParts parts);
  RunService(const RunService&) = delete;
  RunService& operator=(const RunService&) = delete;
  // Returns when nothing of it runs any more.
  ~RunService();

  const std::string& name() const { return parts_.service.name; }

  // Until it is ready or has failed, or a stop.
  void AwaitReady(std::stop_token stop) const;
  bool WasReady() const;
  // Requested once there is a failure(): it isn't ready in its time, or has ended although nobody
  // asked it to.
  std::stop_token failed() const { return failed_.get_token(); }
  std::optional<ServiceFailure> failure() const;
  // It may go; the destructor waits for it.
  void RequestStop() { stop_.request_stop(); }

 private:
  void Run() noexcept;
  runtime::container::ContainerEnd RunContainer();
  void AskUntilReady(int network, const std::stop_token& stop) noexcept;
  void NoteReady();
  void GiveUp(const std::string& why);
  void Fail(ServiceFailure failure);
  runtime::container::Joining Join(const runtime::container::JoinRequest& request,
                                   std::stop_token stop);
  void ServeJoin(const runtime::container::Container& container);

  runtime::container::Host& host_;
  ServiceParts parts_;

  mutable std::mutex mutex_;  // guards what follows
  mutable std::condition_variable_any changed_;
  bool started_ = false;
  bool ready_ = false;
  std::optional<std::string> given_up_;
  std::optional<ServiceFailure> failure_;
  const runtime::container::JoinRequest* join_request_ = nullptr;
  std::optional<runtime::container::Joining> joining_;
  std::optional<runtime::base::Error> join_error_;

  runtime::base::UniqueFd join_event_;  // wakes the container's thread
  std::stop_source stop_;
  std::stop_source failed_;
  std::thread thread_;
};

}  // namespace runner
