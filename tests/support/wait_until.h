// WaitUntil: for what has no event to wait for, such as the end of a stranger's process.
#pragma once

#include <chrono>
#include <functional>

namespace tests {

// Looks every 10 ms until the condition holds; false when it doesn't within `bound`.
bool WaitUntil(const std::function<bool()>& condition, std::chrono::milliseconds bound);

}  // namespace tests
