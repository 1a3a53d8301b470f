#include "runner/plan_listing.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "pipeline/step_lookup.h"
#include "pipeline/step_runner.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

using nlohmann::json;
using pipeline::RunPlan;
using pipeline::StepPlan;
using pipeline::Template;
using runtime::base::ForMessage;

// A step that needs nothing that isn't done, the first of the file first: the engine's order.
std::vector<size_t> Order(const RunPlan& plan) {
  std::vector<size_t> waits(plan.steps.size());
  std::vector<std::vector<size_t>> dependents(plan.steps.size());
  std::set<size_t> ready;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    waits[i] = plan.steps[i].needs.size();
    for (const size_t need : plan.steps[i].needs) {
      dependents[need].push_back(i);
    }
    if (waits[i] == 0) {
      ready.insert(i);
    }
  }
  std::vector<size_t> order;
  while (!ready.empty()) {
    order.push_back(*ready.begin());
    ready.erase(ready.begin());
    for (const size_t dependent : dependents[order.back()]) {
      if (--waits[dependent] == 0) {
        ready.insert(dependent);
      }
    }
  }
  return order;
}

// What the plan knows of a text, or the text as it is written.
std::string Known(const Template& text, const pipeline::NameLookup& lookup) {
  return text.Evaluate(lookup).value_or(text.text());
}

std::string StepOfImage(const Template& image) {
  for (const std::string& name : image.Names()) {
    if (const auto reference = pipeline::ParseStepReference(name);
        reference && reference->field == "image") {
      return std::string(reference->step);
    }
  }
  return "";
}

class Lister {
 public:
  Lister(const RunPlan& plan, const pipeline::RunFacts& facts, const FindDigest& find_digest,
         const FindResult& find_result)
      : plan_(plan), facts_(facts), find_digest_(find_digest), find_result_(find_result) {}

  PlannedStep List(const StepPlan& step) {
    PlannedStep listed;
    listed.name = step.name;
    listed.kind = pipeline::KindOf(step);
    for (const size_t need : step.needs) {
      listed.needs.push_back(plan_.steps[need].name);
    }
    listed.condition = step.condition ? step.condition->text() : "";
    listed.secrets = pipeline::NamesOf(step.secrets);
    AddAction(step, listed);
    listed.skipped = step.skip_reason;
    if (listed.skipped.empty() && skipped_.contains(listed.image_of)) {
      listed.skipped = "no image: step \"" + listed.image_of + "\" is skipped";
    }
    if (step.skip_unchanged.value_or(step.fast)) {
      AddReuse(step, listed);
    }
    if (!listed.skipped.empty()) {
      skipped_.insert(step.name);
    }
    return listed;
  }

 private:
  void AddAction(const StepPlan& step, PlannedStep& listed) {
    const pipeline::NameLookup lookup = PlanLookup(facts_, plan_, step);
    if (const auto* push = std::get_if<pipeline::PushAction>(&step.action)) {
      AddImage(push->image, lookup, listed);
      listed.to = Known(push->to, lookup);
      for (const Template& tag : push->tags) {
        listed.tags.push_back(Known(tag, lookup));
      }
    } else if (const auto* build = std::get_if<pipeline::ImageBuildAction>(&step.action)) {
      AddImage(build->from, lookup, listed);
      for (const auto& [name, value] : build->env_source) {
        listed.env.push_back(name);
      }
    } else {
      const auto& command = std::get<pipeline::CommandAction>(step.action);
      AddImage(command.image, lookup, listed);
      for (const pipeline::CacheSpec& cache : command.caches) {
        listed.caches.push_back(cache.path);
      }
      for (const pipeline::ServiceSpec& service : command.services) {
        listed.services.push_back(service.name);
      }
      for (const auto& [name, value] : step.env) {
        listed.env.push_back(name);
      }
    }
  }

  void AddReuse(const StepPlan& step, PlannedStep& listed) {
    pipeline::StepKeyParts known = KnownKeyParts(step, facts_, PlanLookup(facts_, plan_, step));
    if (listed.digest) {
      known["image"] = *listed.digest;
    }
    ResultStore::Prospect prospect = find_result_(step.name, known);
    listed.reuse_of = std::move(prospect.run);
    listed.no_reuse = std::move(prospect.why_not);
  }

  void AddImage(const Template& image, const pipeline::NameLookup& lookup, PlannedStep& listed) {
    listed.image = Known(image, lookup);
    listed.image_of = StepOfImage(image);
    if (listed.image_of.empty() && !listed.image.empty()) {
      listed.digest = find_digest_(listed.image);
    }
  }

  const RunPlan& plan_;
  const pipeline::RunFacts& facts_;
  const FindDigest& find_digest_;
  const FindResult& find_result_;
  std::set<std::string> skipped_;
};

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + ForMessage(word);
  }
  return text;
}

void AddLine(std::string& out, const std::string& label, const std::string& text) {
  if (!text.empty()) {
    out += "     " + label + std::string(9 - label.size(), ' ') + text + "\n";
  }
}

std::string ImageText(const PlannedStep& step) {
  if (!step.image_of.empty()) {
    return "of step " + ForMessage(step.image_of);
  }
  if (step.image.empty()) {
    return "scratch";
  }
  return ForMessage(step.image) + ", " + step.digest.value_or("not here yet");
}

}  // namespace

std::vector<PlannedStep> ListPlan(const RunPlan& plan, const pipeline::RunFacts& facts,
                                  const FindDigest& find_digest, const FindResult& find_result) {
  Lister lister(plan, facts, find_digest, find_result);
  std::vector<PlannedStep> steps;
  for (const size_t i : Order(plan)) {
    steps.push_back(lister.List(plan.steps[i]));
  }
  return steps;
}

std::string PlanText(const std::vector<PlannedStep>& steps) {
  std::string out;
  size_t number = 0;
  for (const PlannedStep& step : steps) {
    std::string count = std::to_string(++number);
    count.insert(0, 3 - std::min<size_t>(count.size(), 3), ' ');
    out += count + ". " + ForMessage(step.name) + ": " + step.kind + ", after " +
           (step.needs.empty() ? "clone" : Joined(step.needs)) + "\n";
    AddLine(out, "skipped", ForMessage(step.skipped));
    AddLine(out, "if",
            step.condition.empty() || !step.skipped.empty()
                ? ""
                : ForMessage(step.condition) + " (the run decides)");
    AddLine(out, step.kind == "image-build" ? "from" : "image", ImageText(step));
    AddLine(out, "to", step.to.empty() ? "" : ForMessage(step.to) + ": " + Joined(step.tags));
    if (step.skipped.empty()) {
      AddLine(out, "reuse",
              step.reuse_of.empty() ? ""
                                    : "of run " + step.reuse_of + ", if the workspace is the same");
      AddLine(out, "runs", ForMessage(step.no_reuse));
    }
    AddLine(out, "caches", Joined(step.caches));
    AddLine(out, "services", Joined(step.services));
    AddLine(out, "env", Joined(step.env));
    AddLine(out, "secrets", Joined(step.secrets));
  }
  return out;
}

std::string PlanJson(const RunPlan& plan, const pipeline::RunFacts& facts,
                     const std::vector<PlannedStep>& steps) {
  json list = json::array();
  for (const PlannedStep& step : steps) {
    json item = {{"name", step.name},
                 {"kind", step.kind},
                 {"needs", step.needs},
                 {"skipped", step.skipped.empty() ? json() : json(step.skipped)},
                 {"if", step.condition.empty() ? json() : json(step.condition)},
                 {"image", step.image},
                 {"image-of", step.image_of.empty() ? json() : json(step.image_of)},
                 {"digest", step.digest ? json(*step.digest) : json()},
                 {"reuse", step.reuse_of.empty() ? json() : json(step.reuse_of)},
                 {"no-reuse", step.no_reuse.empty() ? json() : json(step.no_reuse)},
                 {"caches", step.caches},
                 {"services", step.services},
                 {"env", step.env},
                 {"secrets", step.secrets}};
    if (!step.to.empty()) {
      item["to"] = step.to;
      item["tags"] = step.tags;
    }
    list.push_back(std::move(item));
  }
  const json document = {{"pipeline", plan.name},
                         {"event", pipeline::ToString(facts.event.kind)},
                         {"branch", pipeline::BranchOf(facts)},
                         {"commit", pipeline::CommitOf(facts)},
                         {"timeout", plan.timeout.count()},
                         {"steps", std::move(list)}};
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace runner
