#include "runner/run_services.h"

#include "runner/image_container.h"
#include "runner/step_limits.h"
#include "runtime/base/error.h"
#include "runtime/container/user.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;
using pipeline::Stream;
namespace {

container::ContainerSpec SpecForService(const runtime::image::ImageStore& store,
                                        const runtime::image::Image& image,
                                        const container::ContainerDirectory& directory,
                                        const pipeline::ServiceSpec& service) {
  ProgramChoice choice;
  if (!service.argv.empty()) {
    choice.entrypoint = service.argv;
  }
  if (!service.user.empty()) {
    choice.user = service.user;
  }
  for (const auto& [name, value] : service.env) {
    choice.env.push_back(name + "=" + value);
  }
  choice.hostname = service.name;
  container::ContainerSpec spec = SpecForImage(store, image, directory, choice);
  // What images of databases and web servers begin with: as root they give their directories to
  // the user that they then become.
  spec.capabilities = {"CHOWN",  "DAC_OVERRIDE", "FOWNER",          "SETGID",
                       "SETUID", "KILL",         "NET_BIND_SERVICE"};
  spec.limits = LimitsForStep(service.limits, directory.path());
  return spec;
}

std::string LogNameOf(const pipeline::ServiceSpec& service, const std::string& job) {
  return job.empty() ? service.name : service.name + " (" + job + ")";
}

std::string HostsOf(const ServiceParts& parts) {
  std::string lines;
  for (const runtime::network::IpAddress& address : parts.member->addresses()) {
    lines += address.ToString() + "\t" + parts.service.name + "\n";
  }
  return lines;
}

}  // namespace

ServiceParts RunServices::Prepare(const pipeline::ServiceSpec& service, pipeline::StepLog& log,
                                  const std::stop_token& stop) const {
  return base::WithContext("service \"" + service.name + "\"", [&] {
    ServiceParts parts;
    parts.service = service;
    const runtime::image::Image image = prepare_(service.image, log, stop);
    parts.exposed_ports = image.config.exposed_ports;
    parts.layers = images_.HoldLayers(image.layers);
    parts.directory = std::make_unique<container::ContainerDirectory>(host_);
    parts.spec = SpecForService(images_, image, *parts.directory, service);
    container::RequireMapped(parts.spec.user, host_.ids());
    return parts;
  });
}

RunServices::Services RunServices::OfJob(const pipeline::CommandRequest& request,
                                         pipeline::StepLog& log, const std::stop_token& stop) {
  std::shared_ptr<Job> job;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Job>& known = jobs_[request.job];
    known = known == nullptr ? std::make_shared<Job>() : known;
    job = known;
  }
  // Other steps of the job wait while its images are pulled.
  const std::lock_guard lock(job->mutex);
  job->services.resize(request.job_services.size());
  for (size_t i = 0; i < request.job_services.size(); ++i) {
    std::shared_ptr<RunService>& service = job->services[i];
    // Nobody has worked with one that never was ready: another attempt of the step gets another.
    if (service != nullptr && (service->WasReady() || !service->failure())) {
      continue;
    }
    const pipeline::ServiceSpec& asked = request.job_services[i];
    service = nullptr;
    ServiceParts parts = Prepare(asked, log, stop);
    parts.member = network_.JoinService(request.job, {asked.name}, parts.spec);
    parts.log = std::make_unique<ServiceLog>(paths_, LogNameOf(asked, request.job), masker_);
    service = std::make_shared<RunService>(host_, std::move(parts));
  }
  return job->services;
}

std::unique_ptr<ServicesInUse> RunServices::Begin(const pipeline::CommandRequest& request,
                                                  pipeline::StepLog& log,
                                                  const std::stop_token& stop) {
  auto use = std::make_unique<ServicesInUse>(stop);
  if (request.action->network == pipeline::Network::kNone ||
      (request.job_services.empty() && request.action->services.empty())) {
    return use;
  }
  for (const std::shared_ptr<RunService>& service : OfJob(request, log, stop)) {
    use->Add(service);
  }
  // Steps that run at the same time may call theirs the same: the names of each are its own.
  std::vector<ServiceParts> own;
  for (const pipeline::ServiceSpec& service : request.action->services) {
    ServiceParts& parts = own.emplace_back(Prepare(service, log, stop));
    parts.member = network_.JoinService(request.job, {}, parts.spec);
    parts.log = std::make_unique<ServiceLog>(paths_, request.name + "." + service.name, masker_);
    use->hosts += HostsOf(parts);
  }
  for (ServiceParts& parts : own) {
    parts.spec.hosts += use->hosts;
    use->Add(std::make_shared<RunService>(host_, std::move(parts)));
  }
  use->AwaitReady(log);
  return use;
}

std::shared_ptr<void> RunServices::End(const std::string& job) {
  std::shared_ptr<Job> ended;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = jobs_.find(job); found != jobs_.end()) {
      ended = std::move(found->second);
      jobs_.erase(found);
    }
  }
  if (ended != nullptr) {
    for (const std::shared_ptr<RunService>& service : ended->services) {
      if (service != nullptr) {
        service->RequestStop();
      }
    }
  }
  return ended;
}

}  // namespace runner
