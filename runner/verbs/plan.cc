// runner plan [DIR]: what a run of a working tree would do. Starts nothing and pulls nothing.
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/pipeline_file.h"
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

// What only a run learns: it reads the commit, in the git container, and gives itself an id.
const std::vector<std::string> kUnknown = {"commit.title", "commit.author", "pull-request.title",
                                           "run.id"};

void Say(const std::vector<pipeline::Diagnostic>& findings, const std::string& text) {
  for (const pipeline::Diagnostic& finding : findings) {
    std::fputs(pipeline::Format(finding, text).c_str(), stderr);
  }
}

pipeline::RunFacts Facts(pipeline::TriggerEvent event,
                         const runtime::git::LocalRepository& repository,
                         const pipeline::PipelineFile& file) {
  pipeline::RunFacts facts;
  facts.event = std::move(event);
  facts.pipeline = file.name.empty() ? facts.event.repository : file.name;
  const GitHead head = ReadGitHead(repository);
  facts.checkout.branch = head.branch;
  facts.checkout.commit = head.commit;
  facts.unknown = kUnknown;
  return facts;
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

int Plan(const TriggerOptions& options, bool as_json, const Globals& globals) {
  const pipeline::RunOptions run = options.Run();
  pipeline::TriggerEvent event = options.Trigger("plan");
  const auto repository = runtime::git::FindLocalRepository(event.clone_url);
  if (repository.work_tree.empty()) {
    throw base::Error(base::ErrorKind::kUsage, "plan " + base::ForMessage(event.clone_url) +
                                                   ": a bare repository has no files to plan for");
  }
  const std::filesystem::path file = FindPipelineFile("plan", repository.work_tree / run.file);
  RequireFileOf("plan", repository.work_tree, file);
  const std::string text = ReadPipelineText(file);
  const pipeline::ParsedFile parsed = pipeline::ParsePipelineFile(text, file.string());
  Say(parsed.diagnostics, text);
  if (!parsed.file) {
    return kExitUsage;
  }
  std::vector<pipeline::Diagnostic> wrong = pipeline::CheckOptions(*parsed.file, run);
  pipeline::InputValues inputs =
      pipeline::ResolveInputs(parsed.file->triggers.inputs, event, wrong);
  Say(wrong, "");
  if (!wrong.empty()) {
    return kExitUsage;
  }
  pipeline::RunFacts facts = Facts(std::move(event), repository, *parsed.file);
  facts.inputs = std::move(inputs);
  const pipeline::RunPlan plan = MakePlan(*parsed.file, facts, run);
  const base::StateDir state = OpenState(globals.root);
  const runtime::image::ImageStore store{state};
  const ResultStore results(state);
  const std::vector<PlannedStep> steps = ListPlan(
      plan, facts, [&](const std::string& name) { return DigestOf(store, name); },
      [&](const std::string& step, const pipeline::StepKeyParts& known) {
        return results.Foresee(ResultOwner(facts.event.clone_url, step), known);
      });
  const std::string shown =
      as_json ? PlanJson(plan, facts, steps) : Heading(facts) + PlanText(steps);
  std::fputs(shown.c_str(), stdout);
  return kExitPassed;
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
