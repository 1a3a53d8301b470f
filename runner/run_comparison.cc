#include "runner/run_comparison.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "runtime/base/error.h"
#include "runtime/base/text.h"
#include "runtime/base/units.h"

namespace runner {
namespace {

using nlohmann::json;
using reports::RunRecord;
using reports::StepRecord;

void AddIfOther(std::vector<Differing>& list, const std::string& what, const std::string& first,
                const std::string& second) {
  const auto shown = [](const std::string& text) { return text.empty() ? "none" : text; };
  if (first != second) {
    list.push_back({what, shown(first), shown(second)});
  }
}

std::string Join(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::string EventOf(const RunRecord& run) {
  return std::string(pipeline::ToString(run.event.kind)) + " of " +
         (run.event.tag.empty() ? run.event.branch : run.event.tag);
}

std::string InputsOf(const RunRecord& run) {
  std::vector<std::string> inputs;
  for (const auto& [name, value] : run.event.inputs) {
    inputs.push_back(name + "=" + value);
  }
  return Join(std::move(inputs));
}

std::string OptionsOf(const RunRecord& run) {
  std::vector<std::string> words;
  if (!run.options.file.empty()) {
    words.push_back("--file " + run.options.file);
  }
  for (const std::string& step : run.options.steps) {
    words.push_back("--step " + step);
  }
  for (const auto& [axis, value] : run.options.matrix) {
    words.push_back("--matrix " + axis + "=" + value);
  }
  return Join(std::move(words));
}

void CompareImages(const RunRecord& first, const RunRecord& second, std::vector<Differing>& list) {
  std::set<std::string> names;
  for (const RunRecord* run : {&first, &second}) {
    for (const auto& [name, digest] : run->images) {
      names.insert(name);
    }
  }
  const auto digest_of = [](const RunRecord& run, const std::string& name) {
    const auto found = run.images.find(name);
    return found == run.images.end() ? std::string() : found->second;
  };
  for (const std::string& name : names) {
    AddIfOther(list, "image " + name, digest_of(first, name), digest_of(second, name));
  }
}

// The steps of the record's plan by name. A record's own text: it may be anything.
std::map<std::string, json> PlannedSteps(const RunRecord& run) {
  std::map<std::string, json> steps;
  const json plan = json::parse(run.plan, nullptr, false);
  if (!plan.is_object() || !plan.contains("steps") || !plan.at("steps").is_array()) {
    return steps;
  }
  for (const json& step : plan.at("steps")) {
    if (step.is_object() && step.contains("name") && step.at("name").is_string()) {
      steps[step.at("name").get<std::string>()] = step;
    }
  }
  return steps;
}

std::string MemberText(const json& step, const std::string& member) {
  if (!step.is_object() || !step.contains(member)) {
    return "";
  }
  const json& value = step.at(member);
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// What the pipeline file said of the step, member by member: "env", "limits", "argv" ...
void ComparePlans(const json& first, const json& second, std::vector<Differing>& list) {
  std::set<std::string> members;
  for (const json* step : {&first, &second}) {
    for (const auto& item : step->items()) {
      members.insert(item.key());
    }
  }
  // One of the two may have been told not to push.
  members.erase("skipped");
  for (const std::string& member : members) {
    AddIfOther(list, "its " + member + " in the pipeline file", MemberText(first, member),
               MemberText(second, member));
  }
}

std::string EndOf(const StepRecord& step) {
  std::string end(reports::StatusWord(step));
  if (step.state != reports::StepState::kFinished) {
    return end;
  }
  if (step.signal != 0) {
    end += ", signal " + std::to_string(step.signal);
  } else if (step.exit_code != 0) {
    end += ", exit code " + std::to_string(step.exit_code);
  }
  return step.cause == pipeline::Cause::kOutOfMemory ? end + ", out of memory" : end;
}

std::string TestsOf(const StepRecord& step) {
  const pipeline::TestTotals& tests = step.tests;
  return step.has_tests
             ? std::to_string(tests.tests) + " (" + std::to_string(tests.passed) + " passed, " +
                   std::to_string(tests.failed) + " failed, " + std::to_string(tests.errors) +
                   " errors, " + std::to_string(tests.skipped) + " skipped)"
             : "";
}

// Of the disk not: by default it is a share of what is free, another each time.
std::string LimitsText(const pipeline::Limits& limits) {
  std::vector<std::string> words;
  if (limits.cpus > 0) {
    words.push_back(json(limits.cpus).dump() + " processors");
  }
  if (limits.memory_bytes > 0) {
    words.push_back(runtime::base::FormatSize(limits.memory_bytes) + " of memory");
  }
  if (limits.pids > 0) {
    words.push_back(std::to_string(limits.pids) + " processes");
  }
  if (limits.open_files > 0) {
    words.push_back(std::to_string(limits.open_files) + " open files");
  }
  return Join(std::move(words));
}

const StepRecord* FindStep(const RunRecord& run, const std::string& name) {
  const auto found = std::find_if(run.steps.begin(), run.steps.end(),
                                  [&](const StepRecord& step) { return step.name == name; });
  return found == run.steps.end() ? nullptr : &*found;
}

void CompareFiles(const ComparedRun& first, const ComparedRun& second, StepComparison& step) {
  try {
    const auto entries = [&](const ComparedRun& run) {
      const std::optional<std::string> listing = run.listing(step.name);
      const StepRecord* record = FindStep(run.record, step.name);
      if (!listing && !record->layer_digest.empty()) {
        throw runtime::base::Error(runtime::base::ErrorKind::kNotFound,
                                   "run " + run.record.id + " keeps no list of them");
      }
      return listing ? runtime::layer::ReadListing(*listing)
                     : std::vector<runtime::layer::ListedEntry>();
    };
    step.files = runtime::layer::CompareListings(entries(first), entries(second));
  } catch (const runtime::base::Error& e) {
    step.files_unknown = e.what();
  }
  if (step.files.size() > kMaxComparedFiles) {
    step.more_files = step.files.size() - kMaxComparedFiles;
    step.files.resize(kMaxComparedFiles);
  }
}

bool IsPush(const StepRecord* step) { return step != nullptr && step->kind == "push"; }

void CompareLayers(const StepRecord& a, const StepRecord& b, std::vector<Differing>& list) {
  constexpr std::string_view kNoDigest = "unknown";
  if (a.layer_digest == kNoDigest && b.layer_digest == kNoDigest) {
    list.push_back({"workspace layer", "one that can't be hashed", "the same, so nobody knows"});
  } else {
    AddIfOther(list, "workspace layer", a.layer_digest, b.layer_digest);
  }
}

StepComparison CompareStep(const ComparedRun& first, const ComparedRun& second,
                           const std::string& name) {
  StepComparison result;
  result.name = name;
  const StepRecord* a = FindStep(first.record, name);
  const StepRecord* b = FindStep(second.record, name);
  if (a == nullptr || b == nullptr) {
    const auto known = [](const StepRecord* step) { return step != nullptr ? EndOf(*step) : ""; };
    AddIfOther(result.differing, "outcome", known(a), known(b));
    return result;
  }
  if (IsPush(a) && IsPush(b)) {
    // Whether it was pushed is no matter of what it was.
    const bool both =
        a->outcome != pipeline::Outcome::kSkipped && b->outcome != pipeline::Outcome::kSkipped;
    if (both) {
      AddIfOther(result.differing, "outcome", EndOf(*a), EndOf(*b));
      AddIfOther(result.differing, "image", a->image_digest, b->image_digest);
    }
    return result;
  }
  AddIfOther(result.differing, "outcome", EndOf(*a), EndOf(*b));
  AddIfOther(result.differing, "tests", TestsOf(*a), TestsOf(*b));
  AddIfOther(result.differing, "image", a->image_digest, b->image_digest);
  CompareLayers(*a, *b, result.differing);
  if (!a->history.empty() && !b->history.empty()) {
    AddIfOther(result.differing, "history (commits, tags, branch)", a->history, b->history);
  }
  if (a->layer_digest != b->layer_digest && a->kind != "clone") {
    CompareFiles(first, second, result);
  }
  return result;
}

std::vector<std::string> StepNames(const RunRecord& first, const RunRecord& second) {
  std::vector<std::string> names;
  std::set<std::string> known;
  for (const RunRecord* run : {&first, &second}) {
    for (const StepRecord& step : run->steps) {
      if (known.insert(step.name).second) {
        names.push_back(step.name);
      }
    }
  }
  return names;
}

}  // namespace

bool RunComparison::same() const {
  return differing.empty() && std::all_of(steps.begin(), steps.end(),
                                          [](const StepComparison& step) { return step.same(); });
}

RunComparison CompareRuns(const ComparedRun& first, const ComparedRun& second) {
  const RunRecord& a = first.record;
  const RunRecord& b = second.record;
  RunComparison result;
  result.first = a.id;
  result.second = b.id;
  AddIfOther(result.differing, "commit", a.commit, b.commit);
  AddIfOther(result.differing, "tree", a.tree, b.tree);
  AddIfOther(result.differing, "event", EventOf(a), EventOf(b));
  AddIfOther(result.differing, "inputs", InputsOf(a), InputsOf(b));
  AddIfOther(result.differing, "options", OptionsOf(a), OptionsOf(b));
  AddIfOther(result.differing, "variables by --env", Join(a.env), Join(b.env));
  CompareImages(a, b, result.differing);
  AddIfOther(result.circumstances, "runner", a.runner.version, b.runner.version);
  AddIfOther(result.circumstances, "kernel", a.runner.kernel, b.runner.kernel);
  AddIfOther(result.circumstances, "machine", a.runner.machine, b.runner.machine);
  AddIfOther(result.circumstances, "processors", std::to_string(a.runner.cpus),
             std::to_string(b.runner.cpus));
  AddIfOther(result.circumstances, "seccomp program", a.runner.seccomp, b.runner.seccomp);
  const std::map<std::string, json> plan_a = PlannedSteps(a);
  const std::map<std::string, json> plan_b = PlannedSteps(b);
  for (const std::string& name : StepNames(a, b)) {
    StepComparison& step = result.steps.emplace_back(CompareStep(first, second, name));
    const auto in_a = plan_a.find(name);
    const auto in_b = plan_b.find(name);
    if (in_a != plan_a.end() && in_b != plan_b.end()) {
      ComparePlans(in_a->second, in_b->second, step.differing);
    }
    const StepRecord* step_a = FindStep(a, name);
    const StepRecord* step_b = FindStep(b, name);
    if (step_a != nullptr && step_b != nullptr) {
      AddIfOther(result.circumstances, "limits of step " + name, LimitsText(step_a->limits),
                 LimitsText(step_b->limits));
    }
  }
  return result;
}

}  // namespace runner
