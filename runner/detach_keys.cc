#include "runner/detach_keys.h"

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

constexpr std::string_view kDefault = "ctrl-p,ctrl-q";
constexpr std::string_view kControl = "ctrl-";

// The byte that a key sends; 0 for what is no key.
char ByteOf(std::string_view key) {
  if (key.size() == 1) {
    return key[0];
  }
  const char c = key.size() == kControl.size() + 1 && key.starts_with(kControl) ? key.back() : '\0';
  if (c >= 'a' && c <= 'z') {
    return static_cast<char>(c - 'a' + 1);
  }
  return c > '@' && c <= '_' ? static_cast<char>(c - '@') : '\0';
}

}  // namespace

DetachKeys::DetachKeys(std::string_view text) {
  std::string_view rest = text.empty() ? kDefault : text;
  while (true) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const char byte = ByteOf(rest.substr(0, comma));
    if (byte == '\0') {
      throw runtime::base::Error(runtime::base::ErrorKind::kUsage,
                                 "--detach-keys " + runtime::base::ForMessage(text) +
                                     ": expected keys such as ctrl-p,ctrl-q or a,b");
    }
    keys_.push_back(byte);
    if (comma == rest.size()) {
      return;
    }
    rest.remove_prefix(comma + 1);
  }
}

std::string DetachKeys::Take(std::string_view typed) {
  std::string passed;
  for (const char c : typed) {
    if (detached()) {
      break;
    }
    // Back to the longest begin of the keys that what was typed still ends with.
    while (matched_ > 0 && keys_[matched_] != c) {
      const std::string held = keys_.substr(0, matched_);
      do {
        --matched_;
      } while (matched_ > 0 && !held.ends_with(keys_.substr(0, matched_)));
      passed += held.substr(0, held.size() - matched_);
    }
    if (keys_[matched_] == c) {
      ++matched_;
    } else {
      passed.push_back(c);
    }
  }
  return passed;
}

}  // namespace runner
