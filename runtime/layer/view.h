// View: the merged content of a snapshot, for reading from outside a container.
//
// The overlay is a detached mount (fsmount(2)): it has no place in any mount namespace and is gone
// with the descriptor. Nothing in it is executed; open what is in it through base::OpenBeneath.
#pragma once

#include "runtime/base/fd.h"
#include "runtime/layer/snapshot.h"

namespace runtime::layer {

// A descriptor of the root directory of the merged, read-only tree. Throws Error.
base::UniqueFd OpenView(const Snapshot& snapshot);

}  // namespace runtime::layer
