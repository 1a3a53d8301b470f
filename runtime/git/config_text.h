// The text of a configuration file that a repository brings along (git-config(1), "SYNTAX"). Ours
// and not libgit2's: that one reads files, and others that they include.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace runtime::git {

// One line "key = value" of `[section "subsection"]`. Sections and keys in lower case, as they are
// the same in any; subsections as they are.
struct ConfigValue {
  std::string section;
  std::string subsection;
  std::string key;
  std::string value;
};

// In the order of the text. Lines of another form are left out; a value ends with its line.
void ForEachConfigValue(std::string_view text,
                        const std::function<void(const ConfigValue&)>& found);

}  // namespace runtime::git
