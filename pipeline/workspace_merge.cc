#include "pipeline/workspace_merge.h"

#include <optional>
#include <unordered_set>

namespace pipeline {
namespace {

using LayerSet = std::unordered_set<std::string>;

// Those of `layers` that aren't in `set`, in their order.
std::vector<std::string> Without(const WorkspaceLayers& layers, const LayerSet& set) {
  std::vector<std::string> rest;
  for (const std::string& layer : layers) {
    if (!set.contains(layer)) {
      rest.push_back(layer);
    }
  }
  return rest;
}

std::string Conflict(const std::vector<std::string>& ours, const std::vector<std::string>& theirs,
                     const MergeSeams& seams) {
  for (const std::string& a : ours) {
    for (const std::string& b : theirs) {
      if (const std::optional<std::string> path = seams.find_conflict(a, b)) {
        return "steps \"" + seams.step_of(a) + "\" and \"" + seams.step_of(b) + "\" both changed " +
               *path +
               " to different contents; let one need the other, or write to different paths";
      }
    }
  }
  return "";
}

}  // namespace

Workspace MergeWorkspaces(const std::vector<const Workspace*>& inputs, const MergeSeams& seams) {
  Workspace merged;
  LayerSet present;
  for (const Workspace* input : inputs) {
    // A stack holds all that its layers were made on, so what only one side has is concurrent to
    // what only the other has.
    const std::vector<std::string> added = Without(input->layers, present);
    if (merged.conflict.empty()) {
      merged.conflict = input->conflict;
    }
    if (merged.conflict.empty() && !added.empty()) {
      const LayerSet theirs(input->layers.begin(), input->layers.end());
      merged.conflict = Conflict(Without(merged.layers, theirs), added, seams);
    }
    merged.layers.insert(merged.layers.end(), added.begin(), added.end());
    present.insert(added.begin(), added.end());
  }
  return merged;
}

}  // namespace pipeline
