#include "runtime/git/checkout_bases.h"

#include <algorithm>
#include <sstream>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::git {
namespace {

// What may be different before the tree is written whole again.
constexpr uint64_t kShare = 8;
constexpr uint64_t kFewBytes = 1u << 20;
constexpr size_t kMaxFile = 4096;

}  // namespace

layer::LayerId CheckoutLayer(const std::string& tree) { return "git-" + tree; }

CheckoutBases::CheckoutBases(const layer::LayerStore& layers, std::filesystem::path file)
    : layers_(layers), file_(std::move(file)) {
  std::istringstream lines(base::ReadFileIfExists(file_, kMaxFile).value_or(""));
  for (Known known; known_.size() < kMax && lines >> known.tree >> known.entries >> known.bytes;) {
    if (IsObjectId(known.tree)) {
      known_.push_back(known);
    }
  }
}

std::vector<CheckoutBase> CheckoutBases::Offer(const CheckoutLimits& limits) const {
  std::vector<CheckoutBase> offered;
  for (const Known& known : known_) {
    const CheckoutBase base = {.tree = known.tree,
                               .max_entries = known.entries / kShare,
                               .max_bytes = std::max(known.bytes / kShare, kFewBytes)};
    const auto layer = layers_.Has(CheckoutLayer(known.tree))
                           ? layers_.Directories(CheckoutLayer(known.tree))
                           : std::vector<std::filesystem::path>();
    const bool fits = known.entries <= limits.entries && known.bytes <= limits.total_bytes &&
                      base.max_entries <= limits.entries - known.entries &&
                      base.max_bytes <= limits.total_bytes - known.bytes;
    if (layer.size() == 1 && fits && base.max_entries > 0) {
      offered.push_back(base);
    }
  }
  return offered;
}

void CheckoutBases::Note(const std::string& tree, const WrittenTree& written) {
  Known first = {tree, written.size.entries, written.size.bytes};
  if (!written.base.empty()) {
    const auto used = std::find_if(known_.begin(), known_.end(),
                                   [&](const Known& known) { return known.tree == written.base; });
    if (used == known_.begin() || used == known_.end()) {
      return;
    }
    first = *used;
  }
  std::erase_if(known_, [&](const Known& known) { return known.tree == first.tree; });
  known_.insert(known_.begin(), first);
  known_.resize(std::min(known_.size(), kMax));
  std::string text;
  for (const Known& known : known_) {
    text +=
        known.tree + " " + std::to_string(known.entries) + " " + std::to_string(known.bytes) + "\n";
  }
  base::WriteFileAtomically(file_, text, base::Durability::kNoFlush);
}

}  // namespace runtime::git
