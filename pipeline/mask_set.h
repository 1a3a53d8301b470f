// MaskSet: texts that a run doesn't show, as `::add-mask::` names them.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

// Safe from several threads at once.
class MaskSet {
 public:
  // Shorter ones would be found everywhere.
  static constexpr size_t kMinBytes = 4;
  static constexpr size_t kMax = 1000;

  // Each line of the value by itself. False when one is too short to be hidden, or when there are
  // too many.
  bool Add(std::string_view value);

  // `text` with "***" in every place of one of them.
  std::string Apply(std::string_view text) const;

 private:
  bool AddLine(std::string_view line);

  mutable std::mutex mutex_;
  std::vector<std::string> values_;  // the longest first
};

}  // namespace pipeline
