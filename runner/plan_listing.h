// PlanListing: a run plan as `runner plan` shows it, in the order in which its steps may begin.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/run_facts.h"
#include "pipeline/run_plan.h"
#include "runner/result_store.h"

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
  // Of a step that needn't run again when nothing changed: whose result it may have, or why it has
  // none; both empty for others.
  std::string reuse_of;
  std::string no_reuse;
  std::vector<std::string> caches;    // paths
  std::vector<std::string> services;  // names of the step's own
  std::vector<std::string> env;       // names
  std::vector<std::string> secrets;
};

// The digest of the image of that name; nothing when it isn't in the store.
using FindDigest = std::function<std::optional<std::string>(const std::string& name)>;

// Which earlier result a step with these inputs may have (result_store.h).
using FindResult = std::function<ResultStore::Prospect(const std::string& step,
                                                       const pipeline::StepKeyParts& known)>;

std::vector<PlannedStep> ListPlan(const pipeline::RunPlan& plan, const pipeline::RunFacts& facts,
                                  const FindDigest& find_digest, const FindResult& find_result);

// One paragraph a step; and the same as a JSON document.
std::string PlanText(const std::vector<PlannedStep>& steps);
std::string PlanJson(const pipeline::RunPlan& plan, const pipeline::RunFacts& facts,
                     const std::vector<PlannedStep>& steps);

}  // namespace runner
