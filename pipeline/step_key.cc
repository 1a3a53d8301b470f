#include "pipeline/step_key.h"

#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "pipeline/step_variables.h"
#include "runtime/base/digest.h"

namespace pipeline {
namespace {

// No two lists give the same text.
std::string Joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    all += std::to_string(text.size()) + ":" + text;
  }
  return all;
}

void AddLimits(const std::string& whose, const Limits& limits, StepKeyParts& parts) {
  parts[whose + "limit cpu"] = std::to_string(limits.cpus);
  parts[whose + "limit memory"] = std::to_string(limits.memory_bytes);
  parts[whose + "limit disk"] = std::to_string(limits.disk_bytes);
  parts[whose + "limit pids"] = std::to_string(limits.pids);
  parts[whose + "limit open-files"] = std::to_string(limits.open_files);
}

void AddNetwork(const CommandAction& action, StepKeyParts& parts) {
  parts["network"] =
      action.network ? std::to_string(static_cast<int>(*action.network)) : "what there is";
  std::vector<std::string> targets;
  for (const EgressTarget& target : action.egress.value_or(std::vector<EgressTarget>())) {
    targets.push_back(target.host + ":" + std::to_string(target.port));
  }
  parts["egress"] = action.egress ? Joined(targets) : "everything";
}

void AddServices(const std::vector<ServiceSpec>& services, StepKeyParts& parts) {
  for (const ServiceSpec& service : services) {
    const std::string whose = "service " + service.name + ": ";
    parts[whose + "image"] = service.image;
    parts[whose + "command"] = Joined(service.argv);
    parts[whose + "user"] = service.user;
    for (const auto& [name, value] : service.env) {
      parts[whose + "env " + name] = value;
    }
    AddLimits(whose, service.limits, parts);
  }
}

void AddMounts(const CommandAction& action, StepKeyParts& parts) {
  for (const VolumeSpec& volume : action.volumes) {
    parts["volume " + volume.target] =
        Joined({std::to_string(static_cast<int>(volume.kind)), volume.source,
                volume.read_only ? "ro" : "rw", std::to_string(volume.size_bytes)});
  }
  // What is in a cache decides how long a step takes, not what it makes.
  for (const CacheSpec& cache : action.caches) {
    parts["cache " + cache.path] = cache.key;
  }
}

}  // namespace

StepKeyParts KeyPartsOf(const CommandRequest& request) {
  const CommandAction& action = *request.action;
  StepKeyParts parts;
  parts["command"] = Joined(action.argv);
  parts["user"] = action.user;
  parts["workdir"] = action.workdir;
  parts["workspace"] = Joined(request.workspace);
  parts["access to the workspace"] = std::to_string(static_cast<int>(action.workspace));
  for (const auto& [name, value] : request.env) {
    if (name != "RUNNER_RUN_ID") {
      parts["env " + name] = value;
    }
  }
  for (const SecretUse& secret : request.secrets) {
    parts["secret " + secret.name] = secret.variable;
  }
  if (request.tests != nullptr) {
    parts["tests"] = Joined(request.tests->junit);
  }
  if (request.artifacts != nullptr) {
    parts["artifacts"] = Joined(request.artifacts->paths);
  }
  AddLimits("", action.limits, parts);
  AddNetwork(action, parts);
  AddServices(request.job_services, parts);
  AddServices(action.services, parts);
  AddMounts(action, parts);
  return parts;
}

StepKeyParts KnownKeyParts(const StepPlan& step, const RunFacts& facts, const NameLookup& lookup) {
  CommandAction action = std::get<CommandAction>(step.action);
  std::set<std::string> unknown = {"workspace", "env SOURCE_DATE_EPOCH"};
  const auto known = [&](const Template& text, const std::string& part) {
    const std::optional<std::string> value = text.Evaluate(lookup);
    if (!value) {
      unknown.insert(part);
    }
    return value.value_or("");
  };
  for (const Template& text : action.argv_source) {
    action.argv.push_back(known(text, "command"));
  }
  for (CacheSpec& cache : action.caches) {
    cache.key = known(cache.key_source, "cache " + cache.path);
  }
  action.services.clear();
  std::map<std::string, std::string> env;
  for (const auto& [name, text] : step.env) {
    env[name] = known(text, "env " + name);
  }
  CommandRequest request;
  request.action = &action;
  request.env = StepVariables(facts, step, std::nullopt, std::move(env));
  request.secrets = step.secrets;
  request.tests = step.tests ? &*step.tests : nullptr;
  request.artifacts = step.artifacts ? &*step.artifacts : nullptr;
  StepKeyParts parts = KeyPartsOf(request);
  for (const std::string& name : unknown) {
    parts.erase(name);
  }
  return parts;
}

std::string KeyOf(const StepKeyParts& parts) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : parts) {
    texts.push_back(name);
    texts.push_back(value);
  }
  return runtime::base::Digest::Of(Joined(texts)).hex();
}

std::string WhatChanged(const StepKeyParts& before, const StepKeyParts& now) {
  std::set<std::string> names;
  for (const auto& [name, value] : before) {
    const auto found = now.find(name);
    if (found == now.end() || found->second != value) {
      names.insert(name);
    }
  }
  for (const auto& [name, value] : now) {
    if (!before.contains(name)) {
      names.insert(name);
    }
  }
  std::string all;
  for (const std::string& name : names) {
    all += (all.empty() ? "" : ", ") + name;
  }
  return all;
}

}  // namespace pipeline
