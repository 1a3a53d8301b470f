#include "runner/refuse.h"

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {

void Refuse(const std::string& option, const std::string& value, const std::string& expected) {
  throw runtime::base::Error(
      runtime::base::ErrorKind::kUsage,
      option + " " + runtime::base::ForMessage(value) + ": expected " + expected);
}

}  // namespace runner
