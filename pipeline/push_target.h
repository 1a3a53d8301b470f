// Where a push goes: repository and tags, checked when the file is read, or when the step starts
// for what only the run knows. Grammar: OCI distribution specification, "Pulling manifests".
#pragma once

#include <string>
#include <string_view>

namespace pipeline {

bool IsTag(std::string_view tag);
std::string WhatIsWrongWithTag(const std::string& tag);

// Empty for a good "host[:port]/path".
std::string WhatIsWrongWithRepository(const std::string& repository);

}  // namespace pipeline
