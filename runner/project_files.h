// What `runner init` sees of a project: which build files are in its directory, and what they
// offer.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace runner {

struct ProjectFiles {
  std::string name;  // the directory's, fit for a file and for a repository of a registry
  bool makefile = false;
  std::set<std::string> make_targets;
  bool cmake = false;
  bool package_json = false;
  std::set<std::string> npm_scripts;
  bool npm_lock = false;
  std::optional<std::string> go_version;  // go.mod is there; "" when it names none
  std::optional<std::string> cargo_name;  // Cargo.toml is there
  bool pyproject = false;
  std::optional<std::string> dockerfile_base;  // Dockerfile is there; the last FROM's image
};

// A project may be a stranger's: what isn't a regular file of the directory isn't read, and a file
// that can't be understood offers nothing. Throws Error when there is no such directory (kUsage),
// or a file that is read has more than 4 MiB.
ProjectFiles LookAtProject(const std::filesystem::path& directory);

}  // namespace runner
