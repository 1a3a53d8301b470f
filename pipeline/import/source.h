// What the importers share: reading nodes of a foreign file, and noting what is left out.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/findings.h"
#include "pipeline/import/draft.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// Of a step that names no image.
inline constexpr char kAnyImage[] = "debian:12";
// A longer condition isn't carried over.
inline constexpr size_t kMaxCondition = 1000;

// A variable that the other system sets, and our expression with the same value.
struct ForeignVariable {
  std::string_view name;
  std::string_view value;  // "${{ commit }}", or a plain text
};

// Notes of one import.
class ImportNotes {
 public:
  explicit ImportNotes(Findings& findings) : findings_(findings) {}

  void Add(Position at, const std::string& text) { findings_.Add(at, "note", text); }
  // "`cache` is not carried over", and what to do about it.
  void LeftOut(const YamlNode::Entry& entry, const std::string& advice);
  // The same for every key of the map that isn't one of `known`.
  void LeftOutBut(const YamlNode& map, std::initializer_list<std::string_view> known);

  Findings& findings() { return findings_; }

 private:
  Findings& findings_;
};

// Null when the map has no such key, or is no map.
const YamlNode* FindValue(const YamlNode* map, std::string_view key);
// The scalar's text; empty for everything else.
std::string TextOf(const YamlNode* node);
// The scalar, or the scalars of the list and of lists in it.
DraftTexts TextsOf(const YamlNode* node);
// The same as lines of one shell text.
std::string ScriptOf(const YamlNode* node);

// Puts `to` in place of each `from`.
void Replace(std::string& text, std::string_view from, std::string_view to);

// Text in which nothing is an expression of ours.
std::string Neutral(std::string text);
// Whether ours allows the name for a variable of a step.
bool IsOurVariable(std::string_view name);
// A text as an expression has it, in quotes; nothing when it has both kinds of them.
std::optional<std::string> QuotedInExpression(std::string_view text);
// `name` is one of the texts: "branch == 'main' || branch == 'dev'"; nothing when one of them is a
// pattern.
std::optional<std::string> IsOneOf(std::string_view name, const DraftTexts& texts);
std::string Both(const std::string& a, const std::string& b);  // a && b; one may be empty

// Paths in the workspace, without those that leave it, which are noted.
DraftTexts WorkspacePaths(const YamlNode& node, ImportNotes& notes);
// Globs of branches or tags that ours takes.
DraftTexts GlobsOf(const YamlNode* node, ImportNotes& notes);
// The image's name; `otherwise`, and a note, when it is nothing that a step could name.
std::string ImageOr(const std::string& image, const std::string& otherwise, Position at,
                    ImportNotes& notes);

// Lines that give the variable the secret of that name, without showing it.
std::string SecretLines(const DraftEnv& variable_and_secret);
// Puts in `secrets` and before `run` what gives these variables their secrets.
void UseSecrets(DraftStep& step, const DraftEnv& variable_and_secret);
std::string SecretName(std::string_view wanted);

// Sets those of the variables that the steps' texts use. A step never waits for a condition that
// couldn't be said: it is `false` then.
void SetVariables(DraftPipeline& draft, std::span<const ForeignVariable> variables);
void NeverRun(DraftStep& step, const std::string& condition);

}  // namespace pipeline
