#include "runtime/git/helper/gitmodules.h"

#include "runtime/git/config_text.h"

namespace runtime::git {

std::map<std::string, std::string> ParseGitmodules(std::string_view text) {
  struct Section {
    std::string path;
    std::string url;
  };
  std::map<std::string, Section> sections;
  ForEachConfigValue(text, [&](const ConfigValue& found) {
    if (found.section != "submodule" || found.subsection.empty()) {
      return;
    }
    Section& section = sections[found.subsection];
    if (found.key == "path") {
      section.path = found.value;
    } else if (found.key == "url") {
      section.url = found.value;
    }
  });
  std::map<std::string, std::string> urls;
  for (const auto& [name, section] : sections) {
    if (!section.path.empty() && !section.url.empty()) {
      urls[section.path] = section.url;
    }
  }
  return urls;
}

}  // namespace runtime::git
