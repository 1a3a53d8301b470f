// PlanListing: a run plan as `runner plan` shows it, in the order in which its steps may begin.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/run_facts.h"
#include "pipeline/run_plan.h"

namespace runner {

struct PlannedStep {
  std::string name;
  std::string kind;                   // "run", "image-build", "push"
  std::vector<std::string> needs;     // empty: right after the clone
  std::string skipped;                // why; empty: it runs
  std::string condition;              // what of `if` only the run decides
  std::string image;                  // a reference, or as it is written; empty for `scratch`
  std::string image_of;               // the step whose image that is
  std::optional<std::string> digest;  // of a reference that is in the store
  std::string to;                     // of a push, with the tags
  std::vector<std::string> tags;
  std::vector<std::string> env;  // names
  std::vector<std::string> secrets;
};

// The digest of the image of that name; nothing when it isn't in the store.
using FindDigest = std::function<std::optional<std::string>(const std::string& name)>;

std::vector<PlannedStep> ListPlan(const pipeline::RunPlan& plan, const pipeline::RunFacts& facts,
                                  const FindDigest& find_digest);

// One paragraph a step; and the same as a JSON document.
std::string PlanText(const std::vector<PlannedStep>& steps);
std::string PlanJson(const pipeline::RunPlan& plan, const pipeline::RunFacts& facts,
                     const std::vector<PlannedStep>& steps);

}  // namespace runner
