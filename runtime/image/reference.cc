#include "runtime/image/reference.h"

#include <algorithm>

namespace runtime::image {
namespace {

// Bounds of the OCI distribution specification: 255 for host and path, 128 for a tag.
constexpr size_t kMaxRepository = 255;
constexpr size_t kMaxTag = 128;

bool IsLower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsAlnum(char c) { return IsLower(c) || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsTag(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTag && text[0] != '.' && text[0] != '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlnum(c) || c == '_' || c == '.' || c == '-'; });
}

// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*
bool IsPathComponent(std::string_view text) {
  if (text.empty() || !IsLower(text.front()) || !IsLower(text.back())) {
    return false;
  }
  for (size_t i = 0; i < text.size();) {
    if (IsLower(text[i])) {
      ++i;
      continue;
    }
    const size_t begin = i;
    while (!IsLower(text[i])) {  // Ends at the last character at the latest.
      ++i;
    }
    const std::string_view separator = text.substr(begin, i - begin);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") {
      return false;
    }
  }
  return true;
}

bool IsPath(std::string_view text) {
  while (true) {
    const size_t slash = text.find('/');
    if (!IsPathComponent(text.substr(0, slash))) {
      return false;
    }
    if (slash == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(slash + 1);
  }
}

bool IsDomain(std::string_view text) {
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (label.empty() || label.front() == '-' || label.back() == '-' ||
        !std::all_of(label.begin(), label.end(), [](char c) { return IsAlnum(c) || c == '-'; })) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(dot + 1);
  }
}

bool IsHost(std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) {
      return false;
    }
    const std::string_view address = text.substr(1, end - 1);
    if (address.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) {
      return false;
    }
    port = text.substr(end + 1);
  } else {
    const size_t colon = text.find(':');
    if (!IsDomain(text.substr(0, colon))) {
      return false;
    }
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  return port.empty() || (port.size() >= 2 && port.size() <= 6 && port[0] == ':' &&
                          std::all_of(port.begin() + 1, port.end(), IsDigit));
}

}  // namespace

std::optional<Reference> Reference::Parse(std::string_view text) {
  Reference reference;
  if (const size_t at = text.find('@'); at != std::string_view::npos) {
    reference.digest = base::Digest::Parse(text.substr(at + 1));
    if (!reference.digest) {
      return std::nullopt;
    }
    text = text.substr(0, at);
  } else if (base::Digest::Parse(text)) {
    return std::nullopt;  // It names an image by digest; read as a name it could never be found.
  }
  const size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && text.find('/', colon) == std::string_view::npos) {
    if (!IsTag(text.substr(colon + 1))) {
      return std::nullopt;
    }
    reference.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  if (text.size() > kMaxRepository) {
    return std::nullopt;
  }
  if (const size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view first = text.substr(0, slash);
    if (first == "localhost" || first.find_first_of(".:") != std::string_view::npos) {
      if (!IsHost(first)) {
        return std::nullopt;
      }
      reference.host = first;
      text.remove_prefix(slash + 1);
    }
  }
  if (!IsPath(text)) {
    return std::nullopt;
  }
  reference.path = text;
  return reference;
}

std::string Reference::ToString() const { return Repository() + ":" + tag; }

std::string Reference::Repository() const { return host.empty() ? path : host + "/" + path; }

}  // namespace runtime::image
