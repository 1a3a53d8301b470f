// How a value of an option that can't be used is told.
#pragma once

#include <string>

namespace runner {

// Throws Error (kUsage): "OPTION VALUE: expected EXPECTED". The value may be any text.
[[noreturn]] void Refuse(const std::string& option, const std::string& value,
                         const std::string& expected);

}  // namespace runner
