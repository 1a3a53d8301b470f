#include "runner/secret_patterns.h"

#include <algorithm>
#include <utility>

namespace runner {

bool SecretPatterns::Add(std::string text) {
  const uint32_t head = HeadAt(text, 0);
  std::vector<std::string>& same = by_head_[head];
  if (std::find(same.begin(), same.end(), text) != same.end()) {
    return false;
  }
  const uint32_t slot = Slot(head);
  filter_[slot / 64] |= uint64_t{1} << slot % 64;
  ++texts_;
  bytes_ += text.size();
  same.push_back(std::move(text));
  return true;
}

SecretPatterns::Found SecretPatterns::At(std::string_view text, size_t at) const {
  Found found;
  const auto candidates = by_head_.find(HeadAt(text, at));
  if (candidates == by_head_.end()) {
    return found;
  }
  const std::string_view rest = text.substr(at);
  for (const std::string& candidate : candidates->second) {
    if (rest.starts_with(candidate)) {
      found.length = std::max(found.length, candidate.size());
    } else if (candidate.starts_with(rest)) {
      found.open = true;
    }
  }
  return found;
}

}  // namespace runner
