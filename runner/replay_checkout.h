// The tree of a run that is replayed: from this store, from its repository, or from where the run
// is kept.
#pragma once

#include <filesystem>
#include <string>

#include "runner/checkout_source.h"
#include "runner/run_source.h"

namespace runner {

// Whatever it comes from, it is the record's tree: by git's id, or by the digest of its archive.
// `repository`: the local one that the clone takes everything from in place of the record's, or
// empty (LocalRunOptions::clone_from); it is named here alone. `source` outlives the answer.
CheckoutSource ReplayCheckout(const RunSource& source, const std::filesystem::path& repository);

// Throws Error (kInvalid) unless it is 40 hex digits, and so fit for the name of a layer.
void RequireTreeId(const std::string& tree);

}  // namespace runner
