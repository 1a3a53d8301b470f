#include "tests/scenarios/scenario.h"

#include <algorithm>
#include <array>

#include "pipeline/yaml_reader.h"
#include "runtime/base/files.h"
#include "tests/scenarios/expectation.h"
#include "tests/scenarios/scripted_backend.h"

namespace pipeline {
namespace {

namespace fs = std::filesystem;
using runtime::base::Error;
using runtime::base::ErrorKind;

constexpr std::string_view kExpect = ".expect.yml";

// What happened, in the words of the expectation file.
class Events : public RunObserver {
 public:
  std::vector<std::string> events;
  std::map<std::string, StepPlan> plans;
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::string>> logs;

  void PlanMade(const RunPlan& plan) override {
    for (const StepPlan& step : plan.steps) {
      names.push_back(step.name);
      plans[step.name] = step;
    }
  }
  void StepStarted(const std::string& step) override { Add(step, "start " + step); }
  void StepCommand(const std::string& step, const WorkflowCommand& command) override {
    Add(step, std::string(ToString(command.kind)) + " " + step + " " + command.file + ":" +
                  std::to_string(command.line) + " " + command.text);
  }
  void StepLine(const std::string& step, Stream stream, std::string_view line) override {
    logs[step].emplace_back(line);
    if (stream == Stream::kRunner) {
      Add(step, "line " + step + " " + std::string(line));
    }
  }
  void StepFinished(const StepSummary& step) override {
    Add(step.name, "end " + step.name + " " + std::string(ToString(step.result.outcome)));
  }

 private:
  void Add(const std::string& step, std::string event) {
    if (step != "clone") {
      events.push_back(std::move(event));
    }
  }
};

// Values of the file as texts, in the form that README.md gives them.
std::vector<std::string> Shown(const std::vector<ServiceSpec>& services) {
  std::vector<std::string> texts;
  for (const ServiceSpec& service : services) {
    std::string text = service.name + " " + service.image;
    for (const auto& [name, value] : service.env) {
      text += " " + name + "=" + value;
    }
    for (const std::string& word : service.argv) {
      text += " " + word;
    }
    text += " ready " + std::to_string(service.ready.port) + service.ready.http;
    for (const std::string& word : service.ready.run) {
      text += " " + word;
    }
    texts.push_back(text + " within " + std::to_string(service.ready.within.count()) + "ms");
  }
  return texts;
}

std::vector<std::string> Shown(const std::vector<VolumeSpec>& volumes) {
  static constexpr std::array<const char*, 4> kKinds = {"named", "tmpfs", "workspace", "host"};
  std::vector<std::string> texts;
  for (const VolumeSpec& volume : volumes) {
    texts.push_back(std::string(kKinds.at(static_cast<size_t>(volume.kind))) + " " + volume.source +
                    " " + volume.target + (volume.read_only ? " ro" : "") +
                    (volume.size_bytes > 0 ? " " + std::to_string(volume.size_bytes) : ""));
  }
  return texts;
}

std::string Shown(const std::optional<CloneSpec>& clone) {
  static constexpr const char* kSubmodules[] = {"false", "true", "recursive"};
  return clone ? std::string(kSubmodules[static_cast<int>(clone->submodules)]) + " " + clone->path +
                     (clone->lfs ? " lfs" : "") +
                     (clone->depth > 0 ? " depth " + std::to_string(clone->depth) : "") +
                     (clone->history ? "" : " without history") +
                     (clone->image.empty() ? "" : " image " + clone->image)
               : "as usual";
}

std::vector<std::string> Shown(const std::vector<CacheSpec>& caches) {
  std::vector<std::string> texts;
  for (const CacheSpec& cache : caches) {
    texts.push_back(cache.path + (cache.key.empty() ? "" : " " + cache.key) +
                    (cache.trusted_only ? " trusted-only" : ""));
  }
  return texts;
}

std::vector<std::string> Shown(const std::vector<SecretUse>& secrets) {
  std::vector<std::string> texts;
  for (const SecretUse& secret : secrets) {
    texts.push_back(secret.name + (secret.variable.empty() ? "" : " $" + secret.variable));
  }
  return texts;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    all += (all.empty() ? "" : " ") + text;
  }
  return all;
}

std::map<std::string, std::string> SettingsOf(const RecordedCommand& command) {
  static constexpr std::array<const char*, 3> kNetworks = {"none", "job", "full"};
  const Limits& limits = command.action.limits;
  std::map<std::string, std::string> settings = {
      {"user", command.action.user},
      {"workdir", command.action.workdir},
      {"timeout", std::to_string(command.request.timeout.count()) + "ms"},
      {"cpu", std::to_string(limits.cpus)},
      {"memory", std::to_string(limits.memory_bytes)},
      {"pids", std::to_string(limits.pids)},
      {"disk", std::to_string(limits.disk_bytes)},
      {"open-files", std::to_string(limits.open_files)}};
  if (command.action.network) {
    settings["network"] = kNetworks.at(static_cast<size_t>(*command.action.network));
  }
  if (command.action.egress) {
    for (const EgressTarget& target : *command.action.egress) {
      settings["egress"] += target.host + ":" + std::to_string(target.port);
    }
  }
  return settings;
}

std::map<std::string, std::string> ConfigOf(const ImageBuildAction& action) {
  std::map<std::string, std::string> config;
  for (const auto& [name, value] : action.env) {
    config["env"] += name + "=" + value;
  }
  for (const auto& [name, value] : action.labels) {
    config["labels"] += name + "=" + value;
  }
  for (const ImageBuildAction::Copy& copy : action.copies) {
    config["copy"] += copy.source + " " + copy.target;
  }
  config["user"] = action.user.value_or("");
  config["workdir"] = action.workdir.value_or("");
  config["entrypoint"] = Joined(action.entrypoint.value_or(std::vector<std::string>()));
  config["cmd"] = Joined(action.cmd.value_or(std::vector<std::string>()));
  config["expose"] = Joined(action.expose);
  return config;
}

struct Ran {
  const ScriptedBackend& backend;
  const Events& events;
  const RunSummary& summary;
};

void CheckStep(const YamlNode& expected, const std::string& name, const Ran& ran,
               Differences& differences) {
  const auto step = std::find_if(ran.summary.steps.begin(), ran.summary.steps.end(),
                                 [&](const StepSummary& s) { return s.name == name; });
  if (step == ran.summary.steps.end()) {
    differences.Add("there is no step \"" + name + "\"");
    return;
  }
  const StepResult& result = step->result;
  const std::string where = "step \"" + name + "\": ";
  if (expected.kind == YamlNode::Kind::kScalar) {
    differences.Compare(where + "outcome", expected, std::string(ToString(result.outcome)));
    return;
  }
  const StepPlan& plan = ran.events.plans.at(name);
  const auto command = ran.backend.ran.find(plan.id);
  const RecordedCommand recorded =
      command == ran.backend.ran.end() ? RecordedCommand() : command->second;
  for (const YamlNode::Entry& entry : expected.entries) {
    const std::string what = where + entry.key;
    if (entry.key == "outcome") {
      differences.Compare(what, *entry.value, std::string(ToString(result.outcome)));
    } else if (entry.key == "reason") {
      differences.Compare(what, *entry.value, result.reason);
    } else if (entry.key == "attempts") {
      differences.Compare(what, *entry.value, std::to_string(result.attempts));
    } else if (entry.key == "summary") {
      differences.Compare(what, *entry.value, result.summary);
    } else if (entry.key == "log") {
      const auto log = ran.events.logs.find(name);
      differences.Compare(what, *entry.value,
                          log == ran.events.logs.end() ? std::vector<std::string>() : log->second);
    } else if (entry.key == "job") {
      differences.Compare(what, *entry.value, recorded.request.job);
    } else if (entry.key == "set") {
      differences.CompareSome(what, *entry.value, SettingsOf(recorded));
    } else if (entry.key == "built") {
      const auto build = ran.backend.built.find(plan.id);
      differences.CompareSome(what, *entry.value,
                              build == ran.backend.built.end()
                                  ? std::map<std::string, std::string>()
                                  : ConfigOf(build->second.action));
    } else if (entry.key == "services") {
      differences.Compare(what, *entry.value, Shown(recorded.action.services));
    } else if (entry.key == "job-services") {
      differences.Compare(what, *entry.value, Shown(recorded.request.job_services));
    } else if (entry.key == "volumes") {
      differences.Compare(what, *entry.value, Shown(recorded.action.volumes));
    } else if (entry.key == "caches") {
      differences.Compare(what, *entry.value, Shown(recorded.action.caches));
    } else if (entry.key == "secrets") {
      differences.Compare(what, *entry.value, Shown(recorded.request.secrets));
    } else if (entry.key == "skip-unchanged") {
      differences.Compare(what, *entry.value, recorded.request.skip_unchanged ? "true" : "false");
    } else if (entry.key == "image") {
      differences.Compare(what, *entry.value, recorded.request.image);
    } else if (entry.key == "argv") {
      differences.Compare(what, *entry.value, recorded.action.argv);
    } else if (entry.key == "workspace") {
      differences.Compare(what, *entry.value, recorded.request.workspace);
    } else if (entry.key == "env") {
      differences.CompareSome(what, *entry.value, recorded.request.env);
    } else if (entry.key == "without") {
      for (const std::string& variable : TextsOf(*entry.value)) {
        if (recorded.request.env.contains(variable)) {
          differences.Add(where + "has the variable " + variable);
        }
      }
    } else if (entry.key == "needs") {
      std::vector<std::string> needs;
      for (const size_t need : plan.needs) {
        needs.push_back(ran.events.names.at(need));
      }
      differences.Compare(what, *entry.value, needs);
    } else {
      throw UnknownKey(entry, "expect.steps." + name);
    }
  }
}

void CheckRun(const YamlNode& expected, const Ran& ran, Differences& differences) {
  for (const YamlNode::Entry& entry : expected.entries) {
    if (entry.key == "outcome") {
      differences.Compare("outcome", *entry.value, std::string(ToString(ran.summary.outcome)));
    } else if (entry.key == "reason") {
      differences.Compare("reason", *entry.value, ran.summary.reason);
    } else if (entry.key == "order") {
      differences.Compare("order", *entry.value, ran.backend.order);
    } else if (entry.key == "events") {
      differences.Compare("events", *entry.value, ran.events.events);
    } else if (entry.key == "findings") {
      std::vector<std::string> findings;
      for (const Diagnostic& finding : ran.summary.diagnostics) {
        findings.push_back(std::to_string(finding.line) + ":" + std::to_string(finding.column) +
                           " " + finding.code);
      }
      differences.Compare("findings", *entry.value, findings);
    } else if (entry.key == "group") {
      differences.Compare("group", *entry.value, ran.backend.group);
    } else if (entry.key == "cloned") {
      differences.Compare("cloned", *entry.value, Shown(ran.backend.cloned_as));
    } else if (entry.key == "kept") {
      differences.Compare("kept", *entry.value, ran.backend.kept);
    } else if (entry.key == "ended-jobs") {
      differences.Compare("ended-jobs", *entry.value, ran.backend.ended_jobs);
    } else if (entry.key == "steps") {
      for (const YamlNode::Entry& step : entry.value->entries) {
        CheckStep(*step.value, step.key, ran, differences);
      }
    } else {
      throw UnknownKey(entry, "expect");
    }
  }
}

}  // namespace

std::vector<Scenario> FindScenarios(const fs::path& folder) {
  std::vector<Scenario> scenarios;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string file = entry.path().filename();
    if (!file.ends_with(kExpect)) {
      const fs::path other = fs::path(entry.path()).replace_extension(kExpect);
      if (entry.path().extension() == ".yml" && !fs::exists(other)) {
        throw Error(ErrorKind::kNotFound, file + " has no expectation file " + other.string());
      }
      continue;
    }
    const std::string name = file.substr(0, file.size() - kExpect.size());
    scenarios.push_back({name, runtime::base::ReadFile(folder / (name + ".yml")),
                         runtime::base::ReadFile(entry.path())});
  }
  std::sort(scenarios.begin(), scenarios.end(),
            [](const Scenario& a, const Scenario& b) { return a.name < b.name; });
  return scenarios;
}

std::vector<std::string> RunScenario(const Scenario& scenario) {
  const YamlNodePtr root = ReadExpectation(scenario.name, scenario.expectation);
  const YamlNode nothing;
  const YamlNode* expected = &nothing;
  ScriptedBackend backend;
  RunSetting setting = ReadSetting({});
  for (const YamlNode::Entry& entry : root->entries) {
    if (entry.key == "run") {
      setting = ReadSetting(*entry.value);
    } else if (entry.key == "steps") {
      backend.ReadScript(*entry.value);
    } else if (entry.key == "expect") {
      expected = entry.value.get();
    } else {
      throw UnknownKey(entry, "the expectation file");
    }
  }
  Events events;
  const RunSummary summary = backend.Run(scenario.pipeline, setting, events);
  Differences differences;
  CheckRun(*expected, {backend, events, summary}, differences);
  if (!differences.lines().empty()) {
    for (const Diagnostic& finding : summary.diagnostics) {
      differences.Add(Format(finding, scenario.pipeline));
    }
  }
  return differences.lines();
}

}  // namespace pipeline
