// The options of `runner run` and `runner container create` that concern a container which is kept
// until it is removed.
#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runner/verbs/health_options.h"
#include "runtime/lifecycle/record.h"

namespace runner {

struct KeepOptions {
  bool detach = false;
  std::string name;
  std::string id_file;  // gets the container's id; must not exist
  std::string detach_keys;
  bool pass_signals = true;
  HealthOptions health;

  // Adds them to the verb's parser. `this` must outlive it.
  void Declare(CLI::App& app);
  // After parsing. Throws Error (kUsage) that names the option, the value and what was expected.
  void Finish();

  // Whether `runner run` is to keep the container: a container that nobody names, leaves running
  // or has restarted is gone with its end.
  bool Wanted() const;
  void Apply(runtime::lifecycle::Config& config) const;

 private:
  void TakeLogOption(const std::string& text);

  CLI::App* app_ = nullptr;
  bool remove_ = false;
  std::string restart_;
  std::vector<std::string> label_texts_;
  std::vector<std::string> log_texts_;

  std::map<std::string, std::string> labels_;
  runtime::lifecycle::RestartPolicy policy_;
  runtime::lifecycle::LogLimits log_;
};

}  // namespace runner
