// The default seccomp filter, compiled when the product is built (seccomp_compiler.cc): a start
// neither links libseccomp nor pays for it.
#pragma once

#include <linux/filter.h>

#include <span>

namespace runtime::container {

std::span<const sock_filter> DefaultSeccompFilter();

}  // namespace runtime::container
