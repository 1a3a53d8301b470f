// StepTails: the last lines of each step, for when it fails.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace runner {

class StepTails {
 public:
  void Add(const std::string& step, std::string_view line);
  // Forgets a step that nobody will ask for.
  void Drop(const std::string& step) { tails_.erase(step); }
  // At most 20 lines of at most 2 KiB, as they came; empty for a step that said nothing.
  const std::deque<std::string>& Of(const std::string& step) const;

 private:
  std::map<std::string, std::deque<std::string>> tails_;
};

}  // namespace runner
