// The options of `runner run` and `runner container create` that say how a container is known to be
// well, named and read as docker's.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "runtime/image/image.h"
#include "runtime/lifecycle/health.h"

namespace runner {

class HealthOptions {
 public:
  // Adds them to the verb's parser. `this` must outlive it.
  void Declare(CLI::App& app);
  // After parsing. Throws Error (kUsage) that names the option, the value and what was expected.
  void Finish();

  // Whether any was given that asks for a check.
  bool Wanted() const { return !command_.empty(); }

  // The image's check, and what the options say over it; nothing when there is no check.
  std::optional<runtime::lifecycle::HealthCheck> Over(
      const std::optional<runtime::image::HealthCheck>& image) const;

 private:
  std::string command_;
  std::string interval_text_;
  std::string timeout_text_;
  std::string start_period_text_;
  unsigned retries_ = 0;
  bool none_ = false;

  runtime::image::HealthCheck given_;
};

}  // namespace runner
