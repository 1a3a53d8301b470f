// CheckoutBases: the trees of one repository that further checkouts may be written upon.
//
// Such a checkout is a layer of what is different, and stands on the layer of a tree that was
// written whole: never on another of its kind, so that a stack has two of them at most. What is
// different grows with each commit, and when it is an eighth of the tree the whole is written again
// and takes its place here.
//
// Only trees of the same repository, got with the same credential or none, are ever among them: the
// git container sees their ids, and a container that broke out of our helper could have them pass
// for a commit's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/git/protocol.h"
#include "runtime/layer/layer_store.h"

namespace runtime::git {

// The layer of a tree.
layer::LayerId CheckoutLayer(const std::string& tree);

// A value around a file; whoever wrote it last is right, and what can't be read is empty: it costs
// no more than a whole checkout.
class CheckoutBases {
 public:
  // So many are remembered, those first that were used last: branches may have little in common.
  static constexpr size_t kMax = 4;

  // `file`: one line a tree, "TREE ENTRIES BYTES". Both are borrowed.
  CheckoutBases(const layer::LayerStore& layers, std::filesystem::path file);

  // Those whose layers are whole, and which leave a checkout within the limits.
  std::vector<CheckoutBase> Offer(const CheckoutLimits& limits) const;

  // Of a tree that was written: it, or what it stands on, is the first from now on. Throws Error.
  void Note(const std::string& tree, const WrittenTree& written);

 private:
  struct Known {
    std::string tree;
    uint64_t entries = 0;
    uint64_t bytes = 0;
  };

  const layer::LayerStore& layers_;
  const std::filesystem::path file_;
  std::vector<Known> known_;
};

}  // namespace runtime::git
