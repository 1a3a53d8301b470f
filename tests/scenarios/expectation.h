// Reading an expectation file, and comparing what it says.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/run.h"
#include "pipeline/triggers.h"
#include "pipeline/yaml_node.h"
#include "runtime/base/error.h"

namespace pipeline {

// `run`: how a scenario is started.
struct RunSetting {
  RunOptions options;
  TriggerEvent event;
  std::string cancel_in;
  bool may_start = true;
  ChangedPaths changed;
  std::map<std::string, std::string> files;
};

// Throws Error when it isn't a map in YAML. `name` is the scenario's.
YamlNodePtr ReadExpectation(const std::string& name, const std::string& text);
RunSetting ReadSetting(const YamlNode& run);

std::vector<std::string> TextsOf(const YamlNode& value);
std::map<std::string, std::string> MapOf(const YamlNode& value);
runtime::base::Error UnknownKey(const YamlNode::Entry& entry, std::string_view where);

class Differences {
 public:
  void Add(std::string line) { lines_.push_back(std::move(line)); }
  void Compare(std::string_view what, const YamlNode& expected, const std::string& found);
  void Compare(std::string_view what, const YamlNode& expected,
               const std::vector<std::string>& found);
  // Only the keys that `expected` has.
  void CompareSome(std::string_view what, const YamlNode& expected,
                   const std::map<std::string, std::string>& found);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

}  // namespace pipeline
