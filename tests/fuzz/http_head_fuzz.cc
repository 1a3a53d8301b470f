// The head of a request: whatever is accepted has one reading of where the request ends.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runner/serve/http_head.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = runner::serve::ParseHead(text, {});
  if (const auto* head = std::get_if<runner::serve::RequestHead>(&parsed)) {
    if ((head->chunked && head->content_length) || head->headers.size() > 64 ||
        !text.ends_with("\r\n\r\n") || text.find("\r\n\r\n") + 4 != text.size()) {
      std::abort();
    }
  }
  return 0;
}
