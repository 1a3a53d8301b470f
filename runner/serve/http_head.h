// The head of an HTTP/1 request (request line and headers), read by one strict rule.
//
// Stricter than RFC 9112 where leniency lets two readers disagree about where a request ends: no
// bare CR or LF, no folded lines, no white space before a colon, one Content-Length of digits or
// exactly "Transfer-Encoding: chunked", never both. Whatever is in doubt is an error, after which
// the connection must be closed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "runtime/base/http.h"

namespace runner::serve {

struct HeadLimits {
  size_t bytes = 16u << 10;        // the whole head
  size_t request_line = 8u << 10;  // of it
  size_t headers = 64;
};

struct RequestHead {
  std::string method;
  std::string target;
  runtime::base::HttpHeaders headers;
  bool chunked = false;
  std::optional<uint64_t> content_length;
  bool keep_alive = false;
  bool expects_continue = false;

  bool HasBody() const { return chunked || content_length.value_or(0) > 0; }
};

// Why a head is refused: the status to answer with, and a line for people.
struct HeadError {
  int status = 400;
  std::string reason;
};

// `head` is everything up to and with the empty line.
std::variant<RequestHead, HeadError> ParseHead(std::string_view head, const HeadLimits& limits);

}  // namespace runner::serve
