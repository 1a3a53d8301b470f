#include "pipeline/import/source.h"

#include <algorithm>
#include <cctype>

#include "pipeline/workspace_path.h"

namespace pipeline {
namespace {

using Kind = YamlNode::Kind;

constexpr size_t kMaxSecretName = 60;
constexpr size_t kMaxGlob = 256;

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Whether a shell text uses the variable: $NAME or ${NAME...
bool Uses(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    const bool whole = end == text.size() || !IsWord(text[end]);
    const bool dollar =
        at > 0 && (text[at - 1] == '$' || (at > 1 && text[at - 1] == '{' && text[at - 2] == '$'));
    if (whole && dollar) {
      return true;
    }
  }
  return false;
}

bool IsUsed(const DraftPipeline& draft, std::string_view name) {
  return std::any_of(draft.steps.begin(), draft.steps.end(), [&](const DraftStep& step) {
    return Uses(step.run, name) ||
           std::any_of(step.env.begin(), step.env.end(),
                       [&](const auto& entry) { return Uses(entry.second, name); });
  });
}

void AppendTexts(const YamlNode& node, DraftTexts& texts) {
  if (node.kind == Kind::kScalar) {
    texts.push_back(node.text);
  }
  for (const YamlNodePtr& item : node.items) {
    AppendTexts(*item, texts);
  }
}

}  // namespace

void Replace(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void ImportNotes::LeftOut(const YamlNode::Entry& entry, const std::string& advice) {
  Add(entry.at, "`" + entry.key + "` is not carried over" + (advice.empty() ? "" : "; " + advice));
}

void ImportNotes::LeftOutBut(const YamlNode& map, std::initializer_list<std::string_view> known) {
  for (const YamlNode::Entry& entry : map.entries) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      LeftOut(entry, "");
    }
  }
}

const YamlNode* FindValue(const YamlNode* map, std::string_view key) {
  if (map == nullptr || map->kind != Kind::kMap) {
    return nullptr;
  }
  const auto found = std::find_if(map->entries.begin(), map->entries.end(),
                                  [&](const YamlNode::Entry& entry) { return entry.key == key; });
  return found == map->entries.end() ? nullptr : found->value.get();
}

std::string TextOf(const YamlNode* node) {
  return node != nullptr && node->kind == Kind::kScalar ? node->text : "";
}

DraftTexts TextsOf(const YamlNode* node) {
  DraftTexts texts;
  if (node != nullptr) {
    AppendTexts(*node, texts);
  }
  return texts;
}

std::string ScriptOf(const YamlNode* node) {
  std::string script;
  for (const std::string& line : TextsOf(node)) {
    script += (script.empty() || script.ends_with('\n') ? "" : "\n") + line;
  }
  return script;
}

std::string Neutral(std::string text) {
  for (size_t at = text.find("${{"); at != std::string::npos; at = text.find("${{", at)) {
    text.replace(at, 3, "$ {{");
  }
  return text;
}

bool IsOurVariable(std::string_view name) {
  return !name.empty() && !name.starts_with("RUNNER_") &&
         std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(), IsWord);
}

std::optional<std::string> QuotedInExpression(std::string_view text) {
  const bool single = text.find('\'') != std::string_view::npos;
  if ((single && text.find('"') != std::string_view::npos) ||
      text.find("}}") != std::string_view::npos || text.find('\n') != std::string_view::npos ||
      text.size() > kMaxGlob) {
    return std::nullopt;
  }
  const std::string quote = single ? "\"" : "'";
  return quote + std::string(text) + quote;
}

std::optional<std::string> IsOneOf(std::string_view name, const DraftTexts& texts) {
  std::string condition;
  for (const std::string& text : texts) {
    const std::optional<std::string> quoted = QuotedInExpression(text);
    if (!quoted || text.find_first_of("*?[{!\\+/^$") != std::string::npos || texts.size() > 20) {
      return std::nullopt;
    }
    condition += (condition.empty() ? "" : " || ") + std::string(name) + " == " + *quoted;
  }
  return condition;
}

std::string Both(const std::string& a, const std::string& b) {
  const auto part = [](const std::string& condition) {
    return condition.find("||") == std::string::npos ? condition : "(" + condition + ")";
  };
  return a.empty() || b.empty() ? a + b : part(a) + " && " + part(b);
}

DraftTexts WorkspacePaths(const YamlNode& node, ImportNotes& notes) {
  DraftTexts paths;
  for (std::string path : TextsOf(&node)) {
    while (path.starts_with("./")) {
      path.erase(0, 2);
    }
    if (path.ends_with('/')) {
      path += "**";
    }
    if (IsWorkspacePath(path) && path.find('$') == std::string::npos) {
      paths.push_back(path);
    } else {
      notes.Add(node.at, "\"" + path +
                             "\" is not carried over; artifacts and reports are globs "
                             "of files in the workspace");
    }
  }
  return paths;
}

DraftTexts GlobsOf(const YamlNode* node, ImportNotes& notes) {
  DraftTexts globs;
  for (const std::string& glob : TextsOf(node)) {
    if (glob.empty() || glob.size() > kMaxGlob || glob.starts_with('!') || glob.starts_with('/') ||
        glob.find_first_of("{}$+\\") != std::string::npos) {
      notes.Add(node->at, "\"" + glob + "\" is not carried over; branches and tags are globs");
    } else {
      globs.push_back(glob);
    }
  }
  return globs;
}

std::string ImageOr(const std::string& image, const std::string& otherwise, Position at,
                    ImportNotes& notes) {
  if (image.empty()) {
    notes.Add(at, "no image is named; " + otherwise + " is written: check that it has the tools");
    return otherwise;
  }
  if (image.find_first_of("$ {}") != std::string::npos || image.front() == '.' ||
      image.front() == '/') {
    notes.Add(at, "the image \"" + image +
                      "\" is not carried over; write its whole name in place "
                      "of " +
                      otherwise);
    return otherwise;
  }
  return image;
}

std::string SecretName(std::string_view wanted) {
  std::string name;
  for (const char c : wanted.substr(0, kMaxSecretName)) {
    name += IsWord(c) || c == '-' || c == '.' ? c : '-';
  }
  name.erase(0, name.find_first_not_of("_-."));
  return name.empty() ? "secret" : name;
}

std::string SecretLines(const DraftEnv& variable_and_secret) {
  std::string lines = "{ set +x; } 2>/dev/null\n";
  for (const auto& [variable, secret] : variable_and_secret) {
    lines += "export " + variable + "=\"$(cat /run/secrets/" + secret + ")\"\n";
  }
  return lines + "set -x\n";
}

void UseSecrets(DraftStep& step, const DraftEnv& variable_and_secret) {
  if (variable_and_secret.empty()) {
    return;
  }
  for (const auto& [variable, secret] : variable_and_secret) {
    if (std::find(step.secrets.begin(), step.secrets.end(), secret) == step.secrets.end()) {
      step.secrets.push_back(secret);
    }
  }
  step.run = SecretLines(variable_and_secret) + step.run;
}

void SetVariables(DraftPipeline& draft, std::span<const ForeignVariable> variables) {
  DraftEnv used;
  for (const ForeignVariable& variable : variables) {
    const bool own = std::any_of(draft.env.begin(), draft.env.end(),
                                 [&](const auto& entry) { return entry.first == variable.name; });
    if (!own && IsUsed(draft, variable.name)) {
      used.emplace_back(variable.name, variable.value);
    }
  }
  draft.env.insert(draft.env.begin(), used.begin(), used.end());
}

void NeverRun(DraftStep& step, const std::string& condition) {
  step.condition = "false";
  step.comments.push_back("CHECK: never runs, until you write its condition. It was: " + condition);
}

}  // namespace pipeline
