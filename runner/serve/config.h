// The server's configuration file: YAML, read strictly.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"
#include "runner/secret_reference.h"
#include "runner/serve/listen_address.h"
#include "runtime/network/ip_address.h"

namespace runner::serve {

// How the git container logs in at a repository's `clone` address; never sent anywhere else. All
// but the user name are references, read when a run starts (clone_credential.h).
struct CloneCredential {
  std::string username = "x-access-token";  // what GitHub expects with a token
  std::string password;                     // http(s); empty: none
  std::string ssh_key;                      // ssh; empty: none
  std::string known_hosts;                  // ssh; there when ssh_key is
  bool empty() const { return password.empty() && ssh_key.empty(); }
};

struct RepositoryConfig {
  std::string name;                            // "owner/name", as the webhook names it
  std::string clone;                           // where to clone from; empty: as the payload says
  std::map<std::string, std::string> secrets;  // name to reference (secret.h)
  CloneCredential credential = {};             // only where there is a `clone`
  // What its steps reach although it is private or this host's own.
  std::vector<runtime::network::IpNetwork> network_allow = {};
  std::vector<std::filesystem::path> volume_allow = {};  // absolute
};

// One reference of the configuration, and where it stands in the file.
struct PlacedSecret {
  std::string reference;
  SecretForm form = SecretForm::kAny;
  int line = 0;
  int column = 0;
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
  std::vector<PlacedSecret> placed_secrets;           // all of the above once more, to check them

  // Case-insensitive, as GitHub's names are. Null when it isn't configured.
  const RepositoryConfig* Find(std::string_view repository) const;
};

struct ConfigReading {
  Config config;  // complete when there are no findings
  std::vector<pipeline::Diagnostic> findings;
};

// `file` is for the findings. Unknown keys are findings, with the key that was probably meant.
ConfigReading ReadConfig(const std::string& file, std::string_view text);

// Reads the file, and every secret once to see whether it can be read. Throws Error (kUsage) with
// all findings, each with its line and a caret.
Config LoadConfig(const std::filesystem::path& path);

}  // namespace runner::serve
