#include "pipeline/mask_set.h"

#include <algorithm>

namespace pipeline {

bool MaskSet::Add(std::string_view value) {
  bool all = true;
  while (!value.empty()) {
    const std::string_view line = value.substr(0, value.find_first_of("\r\n"));
    value.remove_prefix(std::min(line.size() + 1, value.size()));
    all = (line.empty() || AddLine(line)) && all;
  }
  return all;
}

bool MaskSet::AddLine(std::string_view line) {
  if (line.size() < kMinBytes) {
    return false;
  }
  const std::lock_guard lock(mutex_);
  if (std::find(values_.begin(), values_.end(), line) != values_.end()) {
    return true;
  }
  if (values_.size() >= kMax) {
    return false;
  }
  const auto shorter = std::find_if(values_.begin(), values_.end(), [&](const std::string& value) {
    return value.size() < line.size();
  });
  values_.insert(shorter, std::string(line));
  return true;
}

std::string MaskSet::Apply(std::string_view text) const {
  std::string masked(text);
  const std::lock_guard lock(mutex_);
  for (const std::string& value : values_) {
    for (size_t at = masked.find(value); at != std::string::npos; at = masked.find(value, at + 3)) {
      masked.replace(at, value.size(), "***");
    }
  }
  return masked;
}

}  // namespace pipeline
