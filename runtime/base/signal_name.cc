#include "runtime/base/signal_name.h"

#include <csignal>
#include <cstring>

namespace runtime::base {

int SignalNumber(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9' && number < NSIG;
    number = digit && number >= 0 ? number * 10 + (c - '0') : -1;
  }
  if (number > 0) {
    return number < NSIG ? number : 0;
  }
  if (text.starts_with("SIG")) {
    text.remove_prefix(3);
  }
  for (int signal = 1; signal < NSIG; ++signal) {
    const char* known = ::sigabbrev_np(signal);
    if (known != nullptr && text == known) {
      return signal;
    }
  }
  return 0;
}

}  // namespace runtime::base
