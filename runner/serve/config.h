// The server's configuration file: YAML, read strictly.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"
#include "runner/serve/listen_address.h"

namespace runner::serve {

struct RepositoryConfig {
  std::string name;                            // "owner/name", as the webhook names it
  std::string clone;                           // where to clone from; empty: as the payload says
  std::map<std::string, std::string> secrets;  // name to reference (secret.h)
};

struct Config {
  ListenAddress listen{"127.0.0.1", 8080, {}};
  std::string url =
      "http://127.0.0.1:8080";  // how the outside reaches the server, no slash at the end
  std::filesystem::path root;   // state directory; empty: the command line's
  std::string github_api = "https://api.github.com";  // no slash at the end
  std::vector<std::string> webhook_secrets;           // references, at least one
  std::string github_token;                           // reference; empty: no commit statuses
  std::vector<RepositoryConfig> repositories;         // only these run

  // Case-insensitive, as GitHub's names are. Null when it isn't configured.
  const RepositoryConfig* Find(std::string_view repository) const;
};

struct ConfigReading {
  Config config;  // complete when there are no findings
  std::vector<pipeline::Diagnostic> findings;
};

// `file` is for the findings. Unknown keys are findings, with the key that was probably meant.
ConfigReading ReadConfig(const std::string& file, std::string_view text);

// Reads the file. Throws Error (kUsage) with all findings, each with its line and a caret.
Config LoadConfig(const std::filesystem::path& path);

}  // namespace runner::serve
