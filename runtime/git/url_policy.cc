#include "runtime/git/url_policy.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/text.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;

constexpr size_t kMaxUrl = 4096;

[[noreturn]] void Refuse(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::kUsage, "repository address \"" + base::ForMessage(text.substr(0, 200)) +
                                     "\": " + std::string(why));
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool IsControl(int byte) { return (byte >= 0 && byte < 0x20) || byte == 0x7f; }

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return IsControl(static_cast<unsigned char>(c)); });
}

bool HasEncodedControl(std::string_view text) {
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (text[i] == '%' && high >= 0 && low >= 0 && IsControl(high * 16 + low)) {
      return true;
    }
  }
  return false;
}

bool IsName(std::string_view text, std::string_view extra) {
  return !text.empty() && text.size() <= 255 && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return IsAlphanumeric(c) || extra.find(c) != std::string_view::npos;
         });
}

bool IsHost(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    const std::string_view address = text.substr(1, text.size() - 2);
    return std::all_of(address.begin(), address.end(),
                       [](char c) { return HexValue(c) >= 0 || c == ':' || c == '.'; });
  }
  return IsName(text, ".-_");
}

bool IsPort(std::string_view text) { return base::ParseInteger<uint16_t>(text).value_or(0) > 0; }

// "[user@]host[:port]"
void CheckAuthority(std::string_view url, std::string_view authority, Transport transport) {
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (transport != Transport::kSsh) {
      Refuse(url, "a user name or password doesn't belong in it; give it as the credential");
    }
    if (!IsName(authority.substr(0, at), ".-_+")) {
      Refuse(url, "the part before \"@\" must be a plain user name");
    }
    authority.remove_prefix(at + 1);
  }
  const size_t bracket = authority.find(']');
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    if (!IsPort(authority.substr(colon + 1))) {
      Refuse(url, "the port must be a number from 1 to 65535");
    }
    authority = authority.substr(0, colon);
  }
  if (!IsHost(authority)) {
    Refuse(url, "that is no host name");
  }
}

RepositoryUrl Local(std::string_view url, std::string_view path, LocalRepositories local) {
  if (local != LocalRepositories::kAllowed) {
    Refuse(url, "a path of this host isn't allowed here; use https, http, ssh or git");
  }
  return {.transport = Transport::kLocal, .text = std::string(url), .path = std::string(path)};
}

std::optional<Transport> TransportOf(std::string_view scheme) {
  static constexpr std::pair<std::string_view, Transport> kSchemes[] = {
      {"https", Transport::kHttps},
      {"http", Transport::kHttp},
      {"git", Transport::kGit},
      {"ssh", Transport::kSsh},
  };
  const auto* found = std::find_if(std::begin(kSchemes), std::end(kSchemes),
                                   [&](const auto& entry) { return entry.first == scheme; });
  return found == std::end(kSchemes) ? std::nullopt : std::optional(found->second);
}

}  // namespace

RepositoryUrl ParseRepositoryUrl(std::string_view text, LocalRepositories local) {
  if (text.empty() || text.size() > kMaxUrl) {
    Refuse(text, "it must have 1 to 4096 characters");
  }
  if (HasControl(text)) {
    Refuse(text, "control characters don't belong in it");
  }
  if (text.front() == '-') {
    Refuse(text, "it must not begin with \"-\"");
  }
  if (text.front() == '/') {
    return Local(text, text, local);
  }
  if (text.starts_with("file:///")) {
    return Local(text, text.substr(7), local);
  }
  if (HasEncodedControl(text)) {
    Refuse(text, "control characters don't belong in it");
  }
  if (const size_t scheme_end = text.find("://"); scheme_end != std::string_view::npos) {
    const auto transport = TransportOf(text.substr(0, scheme_end));
    if (!transport) {
      Refuse(text, "only https, http, ssh and git are understood");
    }
    const std::string_view rest = text.substr(scheme_end + 3);
    const size_t slash = rest.find('/');
    if (slash == std::string_view::npos || slash + 1 == rest.size() || rest[slash + 1] == '-') {
      Refuse(text, "it names no repository on that host");
    }
    CheckAuthority(text, rest.substr(0, slash), *transport);
    return {.transport = *transport, .text = std::string(text), .path = {}};
  }
  // The form of scp(1), as git-clone(1) "GIT URLS" has it.
  const size_t colon = text.find(':');
  const size_t slash = text.find('/');
  if (colon == std::string_view::npos || slash < colon || colon + 1 == text.size() ||
      text[colon + 1] == ':' || text[colon + 1] == '-' || text.substr(0, colon) == "file" ||
      TransportOf(text.substr(0, colon))) {
    Refuse(text, "that is neither a URL nor user@host:path");
  }
  CheckAuthority(text, text.substr(0, colon), Transport::kSsh);
  return {.transport = Transport::kSsh, .text = std::string(text), .path = {}};
}

}  // namespace runtime::git
