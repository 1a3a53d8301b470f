// runner plan [DIR]: what a run of a working tree would do. Starts nothing and pulls nothing.
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/pipeline_file.h"
#include "pipeline/pipeline_files.h"
#include "pipeline/plan_maker.h"
#include "pipeline/run_facts.h"
#include "runner/cli.h"
#include "runner/git_head.h"
#include "runner/pipeline_path.h"
#include "runner/plan_listing.h"
#include "runner/verbs/trigger_options.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/git/local_repository.h"
#include "runtime/image/image_store.h"

namespace runner {
namespace {

namespace base = runtime::base;

struct PlanRequest {
  pipeline::TriggerEvent event;
  pipeline::RunOptions run;
  runtime::git::LocalRepository repository;
  bool as_json = false;
  bool one_of_several = false;  // pipelines: then `on` is asked, as a run would
};

// What only a run learns: it reads the commit, in the git container, and gives itself an id.
const std::vector<std::string> kUnknown = {"commit.title", "commit.author", "pull-request.title",
                                           "run.id"};

void Say(const std::vector<pipeline::Diagnostic>& findings, const std::string& text) {
  for (const pipeline::Diagnostic& finding : findings) {
    std::fputs(pipeline::Format(finding, text).c_str(), stderr);
  }
}

pipeline::RunFacts Facts(const PlanRequest& request, const pipeline::PipelineFile& parsed,
                         const std::string& file) {
  pipeline::RunFacts facts;
  facts.event = request.event;
  facts.pipeline = parsed.name.empty() ? pipeline::NameOfPipelineFile(file) : parsed.name;
  if (facts.pipeline.empty()) {
    facts.pipeline = facts.event.repository;
  }
  const GitHead head = ReadGitHead(request.repository);
  facts.checkout.branch = head.branch;
  facts.checkout.commit = head.commit;
  facts.unknown = kUnknown;
  return facts;
}

// As far as is known without a run: every path may have changed.
bool StartsFor(const pipeline::PipelineFile& parsed, const pipeline::RunFacts& facts,
               std::string& reason) {
  pipeline::TriggerEvent event = facts.event;
  event.branch = pipeline::BranchOf(facts);
  return pipeline::Matches(parsed.triggers, event, {}, reason);
}

std::optional<std::string> DigestOf(const runtime::image::ImageStore& store,
                                    const std::string& name) {
  const std::optional<runtime::image::Image> image = store.Find(name);
  return image ? std::optional(image->manifest.digest.ToString()) : std::nullopt;
}

std::string Heading(const pipeline::RunFacts& facts) {
  const std::string commit = pipeline::CommitOf(facts).substr(0, 12);
  return base::ForMessage(facts.pipeline) + ": " +
         std::string(pipeline::ToString(facts.event.kind)) + " of " +
         base::ForMessage(pipeline::BranchOf(facts)) + ", the working tree" +
         (commit.empty() ? "" : " on " + commit) + "\n";
}

// What is printed; nothing after saying what is wrong with the file or the options.
std::optional<std::string> PlanOf(const std::filesystem::path& path, const PlanRequest& request,
                                  const base::StateDir& state) {
  RequireFileOf("plan", request.repository.work_tree, path);
  const std::string text = ReadPipelineText(path);
  const pipeline::ParsedFile parsed = pipeline::ParsePipelineFile(text, path.string());
  Say(parsed.diagnostics, text);
  if (!parsed.file) {
    return std::nullopt;
  }
  const std::string file = path.lexically_relative(request.repository.work_tree);
  pipeline::RunFacts facts = Facts(request, *parsed.file, file);
  if (std::string reason; request.one_of_several && !StartsFor(*parsed.file, facts, reason)) {
    return base::ForMessage(facts.pipeline) + ": not run: " + reason + "\n";
  }
  std::vector<pipeline::Diagnostic> wrong = pipeline::CheckOptions(*parsed.file, request.run);
  facts.inputs = pipeline::ResolveInputs(parsed.file->triggers.inputs, facts.event, wrong);
  Say(wrong, "");
  if (!wrong.empty()) {
    return std::nullopt;
  }
  const pipeline::RunPlan plan = MakePlan(*parsed.file, facts, request.run);
  const runtime::image::ImageStore store{state};
  const ResultStore results(state);
  const std::vector<PlannedStep> steps = ListPlan(
      plan, facts, [&](const std::string& name) { return DigestOf(store, name); },
      [&](const std::string& step, const pipeline::StepKeyParts& known) {
        return results.Foresee(ResultOwner(facts.event.clone_url, step), known);
      });
  return request.as_json ? PlanJson(plan, facts, steps) : Heading(facts) + PlanText(steps);
}

int Plan(const TriggerOptions& options, bool as_json, const Globals& globals) {
  PlanRequest request;
  request.run = options.Run();
  request.event = options.Trigger("plan");
  request.as_json = as_json;
  request.repository = runtime::git::FindLocalRepository(request.event.clone_url);
  if (request.repository.work_tree.empty()) {
    throw base::Error(base::ErrorKind::kUsage, "plan " + base::ForMessage(request.event.clone_url) +
                                                   ": a bare repository has no files to plan for");
  }
  const std::vector<std::filesystem::path> files =
      FindPipelineFiles("plan", request.repository.work_tree / request.run.file);
  request.one_of_several = files.size() > 1;
  if (request.one_of_several && as_json) {
    throw base::Error(
        base::ErrorKind::kUsage,
        "plan --json: the repository has " + std::to_string(files.size()) +
            " pipelines; name one, for example --file " +
            base::ForMessage(
                files.back().lexically_relative(request.repository.work_tree).string()));
  }
  const base::StateDir state = OpenState(globals.root);
  int code = kExitPassed;
  std::string before;  // a blank line between pipelines
  for (const std::filesystem::path& file : files) {
    const std::optional<std::string> plan = PlanOf(file, request, state);
    if (plan) {
      std::fputs((before + *plan).c_str(), stdout);
      before = "\n";
    } else {
      code = kExitUsage;
    }
  }
  return code;
}

}  // namespace

int PlanMain(std::vector<std::string> args) {
  TriggerOptions options;
  bool as_json = false;
  return RunVerb(
      "plan",
      "Shows what a run of a working tree would do: which steps, in which order and images, and\n"
      "which are skipped and why. Starts nothing and pulls nothing; variables and secrets are\n"
      "shown by name.",
      std::move(args),
      [&](CLI::App& app) {
        options.Declare(app);
        app.add_flag("--json", as_json, "A JSON document in place of the text");
        app.footer(
            "Exit code: 0, or 2 for bad usage or an invalid file.\n\n"
            "Examples:\n"
            "  runner plan\n"
            "  runner plan --event pull-request --branch topic\n"
            "  runner plan --step test --json");
      },
      [&](const Globals& globals) { return Plan(options, as_json, globals); });
}

}  // namespace runner
