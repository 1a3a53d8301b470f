#include "pipeline/yaml_reader.h"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "pipeline/yaml_text.h"
#include "pipeline/yaml_tree_builder.h"

namespace pipeline {
namespace {

std::string_view IndentationOf(std::string_view text, int line) {
  for (int i = 1; i < line && !text.empty(); ++i) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return text.substr(0, text.find_first_not_of(" \t"));
}

void AddSyntaxError(const YAML::ParserException& error, std::string_view text, Findings& findings) {
  const Position at = {std::max(error.mark.line, 0) + 1, std::max(error.mark.column, 0) + 1};
  if (IndentationOf(text, at.line).find('\t') != std::string_view::npos) {
    findings.Add(at, "E007", "a tab in the indentation; YAML is indented with spaces");
    return;
  }
  findings.Add(at, "E003", "not YAML: " + error.msg + "; check indentation, colons and quotes");
}

// Everything that counts before the first document begins or after it ends is a second document.
class SecondDocument : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { Refuse(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { Refuse(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { Refuse(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {
    Refuse(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {
    Refuse(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    Refuse(mark);
  }
  void OnMapEnd() override {}

 private:
  static void Refuse(const YAML::Mark& mark) {
    throw YamlRefused{{mark.line + 1, mark.column + 1},
                      "E010",
                      "a second YAML document begins here; a pipeline file holds one"};
  }
};

}  // namespace

YamlNodePtr ReadYaml(std::string_view text, Findings& findings) {
  std::string clean;
  if (!CleanYamlText(text, clean, findings)) {
    return nullptr;
  }
  try {
    std::istringstream stream(clean);
    YAML::Parser parser(stream);
    YamlTreeBuilder builder(clean, findings);
    parser.HandleNextDocument(builder);
    SecondDocument rest;
    parser.HandleNextDocument(rest);
    return builder.TakeRoot();
  } catch (const YamlRefused& refused) {
    findings.Add(refused.at, refused.code, refused.message);
  } catch (const YAML::ParserException& error) {
    AddSyntaxError(error, clean, findings);
  }
  return nullptr;
}

}  // namespace pipeline
