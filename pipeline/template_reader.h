// Reads texts with `${{ }}` and conditions, and checks every name that they mention.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/expression.h"
#include "pipeline/findings.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// Which names a place may mention, beside the facts of the run that no stranger chose.
struct NameUse {
  bool by_strangers = true;
  bool env = true;
  bool steps = true;
  bool matrix = true;
  bool flow = false;  // outcome, always(), failed()
};
// Shell text: nothing that carries another's text. A matrix is the file's own.
inline constexpr NameUse kInShellText = {.by_strangers = false, .env = false, .steps = false};
// What is the same for every step.
inline constexpr NameUse kOfTheRun = {.env = false, .steps = false, .matrix = false};
inline constexpr NameUse kInStep = {};
inline constexpr NameUse kInCondition = {.flow = true};

// The names that the file itself makes known.
struct NameScope {
  std::set<std::string, std::less<>> axes;
  std::set<std::string, std::less<>> inputs;
};

// A mention of steps.NAME.* and where.
struct StepMention {
  std::string step;
  std::string field;  // "image", "outcome", "outputs"
  Position at;
};

class TemplateReader {
 public:
  // Both must outlive this object.
  TemplateReader(Findings& findings, const NameScope& scope) : findings_(findings), scope_(scope) {}

  // An empty template after a finding.
  Template ReadTemplate(const YamlNode& scalar, NameUse use);
  // `if`: an expression, with or without `${{ }}` around it. Nothing after a finding.
  std::optional<Expression> ReadCondition(const YamlNode& scalar);

  // Of all that was read since the last call.
  std::vector<StepMention> TakeMentions() { return std::move(mentions_); }

 private:
  void CheckNames(const std::vector<std::string>& names, const YamlNode& scalar, NameUse use);
  void CheckName(const std::string& name, const YamlNode& scalar, NameUse use);
  void CheckFact(const std::string& name, const YamlNode& scalar, NameUse use);
  void CheckAxis(const std::string& name, const YamlNode& scalar, NameUse use);
  void CheckInput(const std::string& name, const YamlNode& scalar, NameUse use);
  void AddByStrangers(const std::string& name, const YamlNode& scalar);
  void CheckStepReference(const std::string& name, const YamlNode& scalar, NameUse use);
  void AddAtName(const YamlNode& scalar, const std::string& name, std::string_view code,
                 std::string message);

  Findings& findings_;
  const NameScope& scope_;
  std::vector<StepMention> mentions_;
};

}  // namespace pipeline
