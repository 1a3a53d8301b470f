// Monitor: the process that a kept container lives in. It is the container's parent, so that the
// container ends with it; it keeps the log, the terminal and the exit status, does what commands
// ask for over the control socket, and starts the container again where its policy says so.
//
// It outlives the command that started it and ends with the container. It sleeps while nothing
// happens, and is small: every running container has one.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/container/container.h"
#include "runtime/lifecycle/control_server.h"
#include "runtime/lifecycle/event_loop.h"
#include "runtime/lifecycle/health_checker.h"
#include "runtime/lifecycle/joins.h"
#include "runtime/lifecycle/kept_network.h"
#include "runtime/lifecycle/life.h"
#include "runtime/lifecycle/life_lock.h"
#include "runtime/lifecycle/log_writer.h"
#include "runtime/lifecycle/output.h"
#include "runtime/lifecycle/restart.h"
#include "runtime/lifecycle/store.h"
#include "runtime/volume/volume_store.h"

namespace runtime::lifecycle {

// The whole life of such a process, which is to be single-threaded and of its own session. `client`
// is the connection of whoever asks for the start; without that it ends at once. What fails before
// the container runs is told there. Never throws.
void RunMonitor(const Store& store, const std::string& id, LifeLock lock, base::UniqueFd client,
                const std::filesystem::path& network_helper) noexcept;

class Monitor {
 public:
  // `store` and `host` must outlive the object. Blocks SIGTERM, SIGINT and SIGHUP, to take them
  // itself. Throws Error.
  Monitor(const Store& store, Kept kept, container::Host& host,
          const std::filesystem::path& network_helper);

  // Until the container has ended for good, or nobody wants it started. Once.
  void Run(base::UniqueFd client);

 private:
  using Client = ControlServer::Client;
  using Files = std::vector<base::UniqueFd>;
  const std::string& id() const { return kept_.config.id; }
  State& state() { return kept_.state; }

  void Hold();
  container::ContainerEnd LiveOnce();
  void OnStarted();
  void OnEnded(const container::ContainerEnd& end);
  void OnNotStarted(const base::Error& error, int code);
  bool WaitForRestart(std::chrono::milliseconds delay);
  void Conclude();
  void Publish(Status status);
  void TellEnd(const std::set<Client>& clients);

  // monitor_requests.cc
  void Handle(Client client, const Request& request, const Files& files);
  void Attach(Client client);
  void GiveInput(Client client);
  void Stop(int grace_ms);
  void Signal(int number);
  void OnSignal();
  void Kill();
  void Pause();
  void Unpause();
  void Join(Client client, const Request& request, const Files& files);
  void Forget(Client client);
  container::Container& Running();

  const Store& store_;
  Kept kept_;
  container::Host& host_;
  EventLoop loop_;
  base::UniqueFd signals_;
  LogWriter log_;
  Output output_;
  Life life_;
  Joins joins_;
  std::optional<HealthChecker> health_;  // none without a check
  Timer grace_;                          // until a stop becomes a kill
  Timer delay_;                          // until the next start
  bool waiting_ = false;
  Restart restart_;
  ControlServer server_;

  // What the container needs, held while we live.
  Files layers_;
  std::vector<volume::HeldVolume> volumes_;
  KeptNetwork network_;

  Client starter_ = 0;   // whose kStart isn't answered yet
  bool wanted_ = false;  // a start was asked for
  uint32_t terminal_size_ = 0;
  bool stopping_ = false;  // somebody wants it ended: it isn't started again
  Client pauser_ = 0;      // with whom a pause ends
  std::set<Client> waiting_clients_;
  std::set<Client> attached_;
  std::set<Client> detached_;  // whose programs live on without them
};

}  // namespace runtime::lifecycle
