#include "runner/serve/http_head.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

namespace runner::serve {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// RFC 9110, section 5.6.2.
bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' ? c != 0x7f : c == '\t';
  });
}

bool IsTarget(std::string_view text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 0x7f &&
                  c != '#';
         });
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<uint64_t> ParseLength(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                            : std::nullopt;
}

// Takes the next line off `rest`; nothing when there is none or it holds a bare CR or LF.
std::optional<std::string_view> TakeLine(std::string_view& rest) {
  const size_t end = rest.find(kLineEnd);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + kLineEnd.size());
  return line.find_first_of("\r\n") == std::string_view::npos ? std::optional(line) : std::nullopt;
}

// Says what is wrong with the request line.
std::optional<HeadError> ReadRequestLine(std::string_view line, const HeadLimits& limits,
                                         RequestHead& head) {
  if (line.size() > limits.request_line) {
    return HeadError{414, "the request line is too long"};
  }
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return HeadError{400, "no valid request line"};
  }
  const std::string_view version = line.substr(last + 1);
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  if (!IsToken(head.method) || !IsTarget(head.target)) {
    return HeadError{400, "no valid request line"};
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return HeadError{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  }
  head.keep_alive = version == "HTTP/1.1";
  return std::nullopt;
}

// What the headers say about the body and the connection.
std::optional<HeadError> ReadFraming(RequestHead& head) {
  const bool http_1_1 = head.keep_alive;
  int hosts = 0;
  for (const auto& [name, value] : head.headers) {
    if (EqualsIgnoringCase(name, "Host")) {
      ++hosts;
    } else if (EqualsIgnoringCase(name, "Content-Length")) {
      const bool repeated = head.content_length.has_value();
      head.content_length = ParseLength(value);
      if (repeated || !head.content_length) {
        return HeadError{400, "Content-Length isn't one number"};
      }
    } else if (EqualsIgnoringCase(name, "Transfer-Encoding")) {
      if (head.chunked || !EqualsIgnoringCase(value, "chunked") || !http_1_1) {
        return HeadError{400, "Transfer-Encoding isn't exactly chunked"};
      }
      head.chunked = true;
    } else if (EqualsIgnoringCase(name, "Connection")) {
      head.keep_alive = head.keep_alive && !EqualsIgnoringCase(value, "close");
    } else if (EqualsIgnoringCase(name, "Expect")) {
      if (!EqualsIgnoringCase(value, "100-continue")) {
        return HeadError{417, "only 100-continue can be expected"};
      }
      head.expects_continue = http_1_1;
    }
  }
  if (head.chunked && head.content_length) {
    return HeadError{400, "both Content-Length and Transfer-Encoding"};
  }
  if (hosts > 1 || (hosts == 0 && http_1_1)) {
    return HeadError{400, "there isn't exactly one Host header"};
  }
  return std::nullopt;
}

}  // namespace

std::variant<RequestHead, HeadError> ParseHead(std::string_view text, const HeadLimits& limits) {
  if (text.size() > limits.bytes) {
    return HeadError{431, "the headers are too long"};
  }
  RequestHead head;
  const auto request_line = TakeLine(text);
  if (!request_line) {
    return HeadError{400, "no valid request line"};
  }
  if (auto error = ReadRequestLine(*request_line, limits, head)) {
    return *error;
  }
  while (true) {
    const auto line = TakeLine(text);
    if (!line) {
      return HeadError{400, "a header line doesn't end with CR LF"};
    }
    if (line->empty()) {
      break;
    }
    if (head.headers.size() == limits.headers) {
      return HeadError{431, "too many headers"};
    }
    const size_t colon = line->find(':');
    const std::string_view name = line->substr(0, colon);
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view() : Trim(line->substr(colon + 1));
    // A folded line begins with white space, which is no token.
    if (colon == std::string_view::npos || !IsToken(name) || !IsFieldValue(value)) {
      return HeadError{400, "no valid header line"};
    }
    head.headers.emplace_back(name, value);
  }
  if (!text.empty()) {
    return HeadError{400, "bytes after the head"};
  }
  if (auto error = ReadFraming(head)) {
    return *error;
  }
  return head;
}

}  // namespace runner::serve
