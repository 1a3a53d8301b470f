#include "runner/step_tails.h"

#include "runtime/base/utf8.h"

namespace runner {

void StepTails::Add(const std::string& step, std::string_view line) {
  constexpr size_t kLines = 20;
  constexpr size_t kLineBytes = 2 << 10;
  std::deque<std::string>& tail = tails_[step];
  if (tail.size() == kLines) {
    tail.pop_front();
  }
  tail.emplace_back(runtime::base::Utf8Prefix(line, kLineBytes));
}

const std::deque<std::string>& StepTails::Of(const std::string& step) const {
  static const std::deque<std::string> kNone;
  const auto tail = tails_.find(step);
  return tail == tails_.end() ? kNone : tail->second;
}

}  // namespace runner
