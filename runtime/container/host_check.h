// HostCheck: what containers need of a host, tried and not guessed.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/state_dir.h"

namespace runtime::container {

struct HostCheck {
  std::string name;
  bool good = false;
  bool required = true;     // without it no container starts; else something is lost
  std::string found = {};   // what is there, or what failed
  std::string advice = {};  // what to do about it, when it isn't good
};

// Changes nothing. Never throws: what can't be tried is a check that isn't good.
std::vector<HostCheck> CheckHost(const base::StateDir& state);

}  // namespace runtime::container
