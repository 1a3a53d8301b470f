// RunServices: the services of one run. Those of a job live from its first step that has a network
// to EndJob, those of a step as long as it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/step_backend.h"
#include "runner/masker.h"
#include "runner/run_network.h"
#include "runner/run_paths.h"
#include "runner/run_service.h"
#include "runner/services_in_use.h"
#include "runtime/container/host.h"
#include "runtime/image/image_store.h"

namespace runner {

// Thread-safe.
class RunServices {
 public:
  // An image, its layers unpacked; as for steps.
  using PrepareImage = std::function<runtime::image::Image(
      const std::string& name, pipeline::StepLog& log, const std::stop_token& stop)>;

  // All references outlive the object.
  RunServices(runtime::container::Host& host, const runtime::image::ImageStore& images,
              RunNetwork& network, RunPaths paths, Masker& masker, PrepareImage prepare)
      : host_(host),
        images_(images),
        network_(network),
        paths_(std::move(paths)),
        masker_(masker),
        prepare_(std::move(prepare)) {}

  // Starts what the step counts on and waits until it may be used, or one has failed
  // (ServicesInUse::Explain()). Throws Error.
  std::unique_ptr<ServicesInUse> Begin(const pipeline::CommandRequest& request,
                                       pipeline::StepLog& log, const std::stop_token& stop);

  // No command of the job will follow: its services are asked to stop, and have when the last owner
  // of what it answers lets go. One that comes all the same gets new ones.
  std::shared_ptr<void> End(const std::string& job);

 private:
  using Services = std::vector<std::shared_ptr<RunService>>;
  struct Job {
    std::mutex mutex;  // guards what follows
    Services services;
  };

  Services OfJob(const pipeline::CommandRequest& request, pipeline::StepLog& log,
                 const std::stop_token& stop);
  ServiceParts Prepare(const pipeline::ServiceSpec& service, pipeline::StepLog& log,
                       const std::stop_token& stop) const;

  runtime::container::Host& host_;
  const runtime::image::ImageStore& images_;
  RunNetwork& network_;
  const RunPaths paths_;
  Masker& masker_;
  const PrepareImage prepare_;

  std::mutex mutex_;  // guards what follows
  std::map<std::string, std::shared_ptr<Job>> jobs_;
};

}  // namespace runner
