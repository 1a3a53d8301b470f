// The options that say what a run is about: which tree, which event, which steps. Of `exec`, and of
// `plan`, which shows what such a run would do.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/run.h"
#include "pipeline/trigger_event.h"

namespace runner {

class TriggerOptions {
 public:
  // Adds them to the verb's parser. `this` must outlive it.
  void Declare(CLI::App& app);

  // The working tree. Throws Error (kUsage) that begins with `verb`.
  pipeline::TriggerEvent Trigger(const std::string& verb) const;
  // File, env, steps, matrix, push. Throws Error (kUsage).
  pipeline::RunOptions Run() const;

  // The directory, when it was given; else empty. Throws Error (kUsage) when there is none.
  std::filesystem::path Repository(const std::string& verb) const;

 private:
  pipeline::EventKind Event() const;
  std::filesystem::path RequireDirectory(const std::string& verb) const;
  std::filesystem::path RequireRoot(const std::string& verb) const;

  std::string directory_ = ".";
  bool directory_given_ = false;
  std::string event_ = "push";
  std::string branch_;
  std::vector<std::string> env_;
  std::vector<std::string> steps_;
  std::vector<std::string> matrix_;
  std::vector<std::string> inputs_;
  std::string file_;
  bool fast_ = false;
  bool no_push_ = false;
};

}  // namespace runner
