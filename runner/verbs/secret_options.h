// --secret of the verbs that run steps.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runner/cli.h"

namespace runner {

struct SecretOptions {
  std::vector<std::string> given;

  void Declare(CLI::App& app);

  // Name to reference (secret_reference.h). Reads each once, before anything runs. Throws Error
  // (kUsage).
  std::map<std::string, std::string> References() const;
};

}  // namespace runner
