// runner lint: checks a pipeline file and shows every finding. Starts nothing.
#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/diagnostic_help.h"
#include "pipeline/fixes.h"
#include "pipeline/json_schema.h"
#include "pipeline/pipeline_choice.h"
#include "pipeline/pipeline_file.h"
#include "runner/cli.h"
#include "runner/pipeline_path.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace base = runtime::base;
using nlohmann::json;

struct LintOptions {
  std::string path = ".";
  std::string code;
  bool as_json = false;
  bool fix = false;
  bool schema = false;
};

int Explain(const std::string& code) {
  const pipeline::CodeHelp* help = pipeline::FindCodeHelp(code);
  if (help == nullptr) {
    throw base::Error(base::ErrorKind::kUsage,
                      "lint --explain " + base::ForMessage(code) +
                          ": no finding has that code; they are E001 to E607, and "
                          "docs/pipeline-diagnostics.md lists them");
  }
  std::printf("%s: %s\nWhat to do: %s\n", code.c_str(), std::string(help->what).c_str(),
              std::string(help->advice).c_str());
  return kExitPassed;
}

json FixOf(const pipeline::Diagnostic& finding) {
  if (finding.fix.empty()) {
    return nullptr;
  }
  json edits = json::array();
  for (const pipeline::Edit& edit : finding.fix) {
    edits.push_back({{"line", edit.line},
                     {"column", edit.column},
                     {"remove", edit.remove},
                     {"insert", edit.insert}});
  }
  return edits;
}

void AddJson(const std::vector<pipeline::Diagnostic>& findings, json& list) {
  for (const pipeline::Diagnostic& finding : findings) {
    list.push_back({{"file", finding.file},
                    {"line", finding.line},
                    {"column", finding.column},
                    {"code", finding.code},
                    {"message", finding.message},
                    {"fix", FixOf(finding)}});
  }
}

void PrintText(const std::filesystem::path& file, const pipeline::ParsedFile& parsed,
               const std::string& text, const Globals& globals) {
  if (parsed.diagnostics.empty() && !globals.quiet) {
    std::printf("%s: good, %zu steps\n", base::ForMessage(file.string()).c_str(),
                parsed.file->steps.size());
  }
  for (const pipeline::Diagnostic& finding : parsed.diagnostics) {
    std::fputs(pipeline::Format(finding, text).c_str(), stdout);
  }
}

// The file's text with every fix in it, on the disk too.
std::string Fix(const std::filesystem::path& file, std::string text, const Globals& globals) {
  pipeline::FixedText fixed = pipeline::FixPipelineFile(text);
  if (fixed.fixes == 0) {
    return text;
  }
  const std::filesystem::path real = std::filesystem::canonical(file);  // a link stays one
  const auto mode = static_cast<unsigned>(std::filesystem::status(real).permissions());
  base::WriteFileAtomically(real, fixed.text, base::Durability::kFlush, mode);
  if (!globals.quiet) {
    std::fprintf(stderr, "%s: %zu finding%s mended\n", base::ForMessage(file.string()).c_str(),
                 fixed.fixes, fixed.fixes == 1 ? "" : "s");
  }
  return std::move(fixed.text);
}

int Lint(const LintOptions& options, const Globals& globals) {
  if (!options.code.empty()) {
    return Explain(options.code);
  }
  if (options.schema) {
    std::fputs(pipeline::JsonSchema().c_str(), stdout);
    return kExitPassed;
  }
  bool good = true;
  json list = json::array();
  std::map<std::string, std::string> named;  // their files
  for (const std::filesystem::path& file : FindPipelineFiles("lint", options.path)) {
    std::string text = ReadPipelineText(file);
    if (options.fix) {
      text = Fix(file, std::move(text), globals);
    }
    pipeline::ParsedFile parsed = pipeline::ParsePipelineFile(text, file.string());
    const std::string name = !parsed.file                ? ""
                             : parsed.file->name.empty() ? file.stem().string()
                                                         : parsed.file->name;
    const auto [first, is_new] = named.try_emplace(name, file.string());
    if (!is_new && !name.empty()) {
      parsed.diagnostics.push_back(
          {file.string(), 1, 1, "E607", pipeline::SameName(name, first->second)});
    }
    good = good && parsed.diagnostics.empty();
    if (options.as_json) {
      AddJson(parsed.diagnostics, list);
    } else {
      PrintText(file, parsed, text, globals);
    }
  }
  if (options.as_json) {
    std::puts(list.dump(2, ' ', false, json::error_handler_t::replace).c_str());
  }
  return good ? kExitPassed : kExitUsage;
}

}  // namespace

int LintMain(std::vector<std::string> args) {
  LintOptions options;
  return RunVerb(
      "lint",
      "Checks a pipeline file and shows every finding, as file:line:column CODE message.\n"
      "Exit code 0: good; 2: findings, which are on standard output. Starts nothing.\n\n"
      "Examples:\n"
      "  runner lint\n"
      "  runner lint --fix path/to/.runner.yml\n"
      "  runner lint --explain E104",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("path", options.path,
                       "File, or directory with .runner.yml or .runner (default: here)");
        app.add_flag("--json", options.as_json,
                     "A JSON list: file, line, column, code, message, fix");
        app.add_flag("--fix", options.fix,
                     "First mend in the file what can be mended without a thought");
        app.add_option("--explain", options.code, "Say what a code means, and what to do");
        app.add_flag("--schema", options.schema, "Print the JSON Schema of the file, for editors");
      },
      [&](const Globals& globals) { return Lint(options, globals); });
}

}  // namespace runner
