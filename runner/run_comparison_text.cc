#include <nlohmann/json.hpp>

#include "runner/run_comparison.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

using nlohmann::json;
using runtime::base::ForMessage;
using runtime::layer::ListingDifference;
using Kind = ListingDifference::Kind;

std::string DifferingText(const std::vector<Differing>& list, const std::string& indent) {
  std::string text;
  for (const Differing& differing : list) {
    text += indent + ForMessage(differing.what) + ": " + ForMessage(differing.first) + " -> " +
            ForMessage(differing.second) + "\n";
  }
  return text;
}

std::string FileText(const ListingDifference& file) {
  if (file.kind != Kind::kDifferent) {
    return file.kind == Kind::kOnlyInFirst ? "only in the first" : "only in the second";
  }
  std::string text;
  for (const std::string& what : file.what) {
    text += (text.empty() ? "" : ", ") + what;
  }
  return text;
}

std::string FilesText(const StepComparison& step, size_t max_files) {
  std::string text;
  const size_t shown = std::min(step.files.size(), max_files);
  for (size_t i = 0; i < shown; ++i) {
    text += "      " + ForMessage(step.files[i].path) + ": " + FileText(step.files[i]) + "\n";
  }
  if (const size_t more = step.files.size() - shown + step.more_files; more > 0) {
    text += "      and " + std::to_string(more) + " more\n";
  }
  if (!step.files_unknown.empty()) {
    text += "      which files can't be said: " + ForMessage(step.files_unknown) + "\n";
  }
  return text;
}

json DifferingJson(const std::vector<Differing>& list) {
  json array = json::array();
  for (const Differing& differing : list) {
    array.push_back(
        {{"what", differing.what}, {"first", differing.first}, {"second", differing.second}});
  }
  return array;
}

json FilesJson(const StepComparison& step) {
  json array = json::array();
  for (const ListingDifference& file : step.files) {
    const char* in = file.kind == Kind::kOnlyInFirst    ? "first"
                     : file.kind == Kind::kOnlyInSecond ? "second"
                                                        : "both";
    array.push_back({{"path", file.path}, {"in", in}, {"what", file.what}});
  }
  return array;
}

}  // namespace

std::string ComparisonResult(const RunComparison& comparison) {
  return std::string(comparison.same() ? "the same" : "different") + ": run " +
         ForMessage(comparison.first) + " and run " + ForMessage(comparison.second) + "\n";
}

std::string ComparisonText(const RunComparison& comparison, size_t max_files) {
  std::string text = DifferingText(comparison.differing, "  ");
  size_t width = 0;
  for (const StepComparison& step : comparison.steps) {
    width = std::max(width, ForMessage(step.name).size());
  }
  for (const StepComparison& step : comparison.steps) {
    std::string name = ForMessage(step.name);
    name.resize(width, ' ');
    text += "  " + name + "  " + (step.same() ? "the same" : "differs") + "\n" +
            DifferingText(step.differing, "    ") + FilesText(step, max_files);
  }
  if (!comparison.circumstances.empty()) {
    text += "  where they ran (no difference of the runs themselves)\n" +
            DifferingText(comparison.circumstances, "    ");
  }
  return text + ComparisonResult(comparison);
}

std::string ComparisonJson(const RunComparison& comparison) {
  json j = {{"first", comparison.first},
            {"second", comparison.second},
            {"same", comparison.same()},
            {"differing", DifferingJson(comparison.differing)},
            {"circumstances", DifferingJson(comparison.circumstances)},
            {"steps", json::array()}};
  for (const StepComparison& step : comparison.steps) {
    j["steps"].push_back({{"name", step.name},
                          {"same", step.same()},
                          {"differing", DifferingJson(step.differing)},
                          {"files", FilesJson(step)},
                          {"more_files", step.more_files},
                          {"files_unknown", step.files_unknown}});
  }
  return j.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace runner
