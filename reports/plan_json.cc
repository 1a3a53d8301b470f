#include "reports/plan_json.h"

#include <nlohmann/json.hpp>

namespace reports {
namespace {

using nlohmann::json;
using pipeline::Template;

template <typename Map>
json Names(const Map& map) {
  json names = json::array();
  for (const auto& entry : map) {
    names.push_back(entry.first);
  }
  return names;
}

json Texts(const std::vector<Template>& texts) {
  json list = json::array();
  for (const Template& text : texts) {
    list.push_back(text.text());
  }
  return list;
}

const char* Word(pipeline::WorkspaceAccess access) {
  switch (access) {
    case pipeline::WorkspaceAccess::kReadWrite:
      return "rw";
    case pipeline::WorkspaceAccess::kReadOnly:
      return "ro";
    case pipeline::WorkspaceAccess::kNone:
      break;
  }
  return "none";
}

const char* Word(pipeline::Network network) {
  switch (network) {
    case pipeline::Network::kNone:
      return "none";
    case pipeline::Network::kJob:
      return "job";
    case pipeline::Network::kFull:
      break;
  }
  return "full";
}

// Those that the file has.
json Asked(const pipeline::Limits& limits) {
  json j = json::object();
  const auto add = [&](const char* key, auto value) {
    if (value > 0) {
      j[key] = value;
    }
  };
  add("cpus", limits.cpus);
  add("memory_bytes", limits.memory_bytes);
  add("disk_bytes", limits.disk_bytes);
  add("pids", limits.pids);
  add("open_files", limits.open_files);
  return j;
}

json Action(const pipeline::CommandAction& action) {
  json j = {{"kind", "run"},
            {"image", action.image.text()},
            {"argv", action.argv.empty() ? Texts(action.argv_source) : json(action.argv)},
            {"user", action.user},
            {"workdir", action.workdir},
            {"workspace", Word(action.workspace)},
            {"limits", Asked(action.limits)}};
  if (action.network) {
    j["network"] = Word(*action.network);
  }
  if (action.egress) {
    j["egress"] = json::array();
    for (const pipeline::EgressTarget& target : *action.egress) {
      j["egress"].push_back({{"host", target.host}, {"port", target.port}});
    }
  }
  return j;
}

json Action(const pipeline::ImageBuildAction& action) {
  json j = {{"kind", "image-build"},
            {"from", action.from.text()},
            {"image_env", Names(action.env_source)},
            {"labels", Names(action.labels_source)},
            {"expose", action.expose},
            {"copy", json::array()}};
  for (const pipeline::ImageBuildAction::Copy& copy : action.copies) {
    j["copy"].push_back({{"source", copy.source}, {"target", copy.target}});
  }
  const auto add = [&](const char* key, const auto& value) {
    if (value) {
      j[key] = *value;
    }
  };
  add("user", action.user);
  add("workdir", action.workdir);
  add("entrypoint", action.entrypoint);
  add("cmd", action.cmd);
  return j;
}

json Action(const pipeline::PushAction& action) {
  return {{"kind", "push"},
          {"image", action.image.text()},
          {"to", action.to.text()},
          {"tags", Texts(action.tags)},
          {"untested", action.untested}};
}

json Step(const pipeline::RunPlan& plan, const pipeline::StepPlan& step) {
  json j = std::visit([](const auto& action) { return Action(action); }, step.action);
  j["name"] = step.name;
  j["needs"] = json::array();
  for (const size_t need : step.needs) {
    j["needs"].push_back(plan.steps.at(need).name);
  }
  j["env"] = Names(step.env);
  j["secrets"] = pipeline::NamesOf(step.secrets);
  j["timeout_ms"] = step.timeout.count();
  j["allow_failure"] = step.allow_failure;
  if (step.condition) {
    j["if"] = step.condition->text();
  }
  if (step.skipped) {
    j["skipped"] = step.skip_reason;
  }
  if (step.tests) {
    j["tests"] = step.tests->junit;
  }
  if (step.artifacts) {
    j["artifacts"] = step.artifacts->paths;
  }
  return j;
}

}  // namespace

std::string PlanJson(const pipeline::RunPlan& plan) {
  json j = {{"name", plan.name},
            {"env", Names(plan.env)},
            {"timeout_ms", plan.timeout.count()},
            {"steps", json::array()}};
  for (const pipeline::StepPlan& step : plan.steps) {
    j["steps"].push_back(Step(plan, step));
  }
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace reports
