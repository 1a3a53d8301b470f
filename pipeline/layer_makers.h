// LayerMakers: which step made a workspace layer.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "pipeline/step_result.h"

namespace pipeline {

// Safe from several threads at once.
class LayerMakers {
 public:
  // The layers that nobody made yet are the step's.
  void Record(const WorkspaceLayers& layers, const std::string& step) {
    const std::lock_guard lock(mutex_);
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
      // All below a known layer are known.
      if (!makers_.emplace(*layer, step).second) {
        break;
      }
    }
  }

  // The layer itself where no step is known.
  std::string StepOf(const std::string& layer) const {
    const std::lock_guard lock(mutex_);
    const auto found = makers_.find(layer);
    return found == makers_.end() ? layer : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::string> makers_;
};

}  // namespace pipeline
