#include "runner/mask.h"

namespace runner {

std::string Mask(std::string_view text, std::string_view secret) {
  std::string masked;
  while (!secret.empty()) {
    const size_t at = text.find(secret);
    if (at == std::string_view::npos) {
      break;
    }
    masked.append(text.substr(0, at)).append("***");
    text.remove_prefix(at + secret.size());
  }
  return masked.append(text);
}

}  // namespace runner
