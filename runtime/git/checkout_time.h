// The one modification time of all files of a checkout (helper/output_tree.h says why).
#pragma once

#include <cstdint>

namespace runtime::git {

inline constexpr int64_t kCheckoutTime = 946'684'800;  // 2000-01-01T00:00:00Z

}  // namespace runtime::git
