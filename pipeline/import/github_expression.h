// `${{ }}` and `if` of GitHub Actions in our words.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/import/draft.h"
#include "pipeline/import/source.h"
#include "pipeline/yaml_node.h"

namespace pipeline {

// What a job's texts may mention.
struct GithubNames {
  std::map<std::string, std::string> matrix;  // axis to its first value
};

// A text with every `${{ }}` replaced: in shell text by variables of the shell, elsewhere by our
// expressions. Secrets that it names are added to `secrets` as variables. What can't be said is
// noted and left empty.
std::string FillShellText(const YamlNode& scalar, const GithubNames& names, DraftEnv& secrets,
                          ImportNotes& notes);
std::string FillValue(const YamlNode& scalar, const GithubNames& names, ImportNotes& notes);
// The secret's name when the text is `${{ secrets.NAME }}` and nothing else.
std::string SecretOfValue(std::string_view text);

// Nothing when ours can't say it.
std::optional<std::string> GithubCondition(const std::string& text);

std::span<const ForeignVariable> GithubVariables();

}  // namespace pipeline
