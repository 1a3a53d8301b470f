// Options of `docker run` that a container of ours can't have: each is known, to be refused with
// the reason. Some have a value that means what we do anyway; that one is taken.
#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <vector>

namespace runner {

class RefusedOptions {
 public:
  // `this` must outlive the parser.
  void Declare(CLI::App& app);
  // After parsing. Throws Error (kUsage) for the first that was given.
  void Check() const;

 private:
  std::map<std::string, std::vector<std::string>> values_;  // by option
};

}  // namespace runner
