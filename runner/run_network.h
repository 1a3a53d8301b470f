// RunNetwork: the networks of one run, one for each job, made when the first of its steps asks.
// That of the first job is made ahead, beside the clone: most runs need one, and it takes as long.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/step_backend.h"
#include "runtime/base/error.h"
#include "runtime/container/container_spec.h"
#include "runtime/network/job_network.h"

namespace runner {

// Thread-safe.
class RunNetwork {
 public:
  using Member = runtime::network::JobNetwork::Member;

  // `allowed`: what steps reach although it is private or the host's own; the administrator's to
  // say, never a pipeline's.
  RunNetwork(std::string run_id, std::vector<runtime::network::IpNetwork> allowed)
      : run_id_(std::move(run_id)), allowed_(std::move(allowed)) {}

  // Begins to make a network with a way out, for the first job that asks. Once, before all others.
  void Prepare();

  // Gives the step's container its network. What it answers is to outlive the container; nothing
  // for a step that shares none. Throws Error when this host can't give what the step asks for by
  // name. One that asks for nothing gets what there is; the first to get less is told why.
  std::unique_ptr<Member> Join(const pipeline::CommandRequest& request, pipeline::StepLog& log,
                               std::stop_token stop, runtime::container::ContainerSpec& spec);

  // The same for a service of the job, which has no way out: it would be one for steps that have
  // none. It has a name for the whole job, or for those alone that are told its addresses. Throws
  // Error.
  std::unique_ptr<Member> JoinService(const std::string& job, const std::vector<std::string>& names,
                                      runtime::container::ContainerSpec& spec);

  // No command of the job will follow: its network goes with what it answers, which may be nothing.
  // A later one gets a new network.
  std::unique_ptr<runtime::network::JobNetwork> End(const std::string& job);

  // No job will ask any more: ends what was made ahead and nobody wanted.
  void Finish();

 private:
  std::unique_ptr<runtime::network::JobNetwork> Make() const;
  runtime::network::JobNetwork& NetworkOf(const std::string& job);
  void OpenWayOut(const std::string& job);
  std::unique_ptr<Member> JoinByName(const pipeline::CommandRequest& request,
                                     pipeline::Network network, const std::stop_token& stop);
  void SayOnce(pipeline::StepLog& log, const std::string& text);

  const std::string run_id_;
  const std::vector<runtime::network::IpNetwork> allowed_;

  std::mutex mutex_;  // guards what follows
  std::future<std::unique_ptr<runtime::network::JobNetwork>> spare_;
  std::map<std::string, std::unique_ptr<runtime::network::JobNetwork>> networks_;  // by job
  std::optional<runtime::base::Error> no_way_out_;  // why, so that nobody tries again
  bool said_ = false;
};

}  // namespace runner
