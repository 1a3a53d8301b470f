// The verbs that talk to registries.
#pragma once

#include <string>
#include <vector>

namespace runner {

// image_pull.cc, image_push.cc
int ImagePullMain(std::vector<std::string> args);
int ImagePushMain(std::vector<std::string> args);

// registry.cc: login, logout
int RegistryMain(std::vector<std::string> args);

}  // namespace runner
