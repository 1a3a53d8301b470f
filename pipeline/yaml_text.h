// What has to be true of a text before a YAML parser may see it.
#pragma once

#include <string>
#include <string_view>

#include "pipeline/findings.h"

namespace pipeline {

// Checks size, UTF-8 and control characters; answers false after a finding. `clean` gets the text
// without byte order mark and with "\n" for "\r\n", positions unchanged but for that mark.
bool CleanYamlText(std::string_view text, std::string& clean, Findings& findings);

inline constexpr char kTabMessage[] = "a tab before this; YAML is indented with spaces";

// White space with two spaces for each tab.
std::string WithoutTabs(std::string_view blank);

}  // namespace pipeline
