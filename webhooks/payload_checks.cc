#include "webhooks/payload_checks.h"

#include <algorithm>
#include <array>

namespace webhooks {
namespace {

bool IsNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '_' || c == '-';
}

bool IsPrintable(char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; }

bool IsNamePart(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), IsNameCharacter);
}

}  // namespace

bool IsCommitId(std::string_view text) {
  return text.size() == kCommitIdLength && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool IsRepositoryName(std::string_view text) {
  const size_t slash = text.find('/');
  return slash != std::string_view::npos && IsNamePart(text.substr(0, slash)) &&
         IsNamePart(text.substr(slash + 1));
}

bool IsRefName(std::string_view text) {
  if (text.size() > 1024 || !text.starts_with("refs/") || text.find("..") != text.npos ||
      text.find("@{") != text.npos || text.ends_with('.')) {
    return false;
  }
  const bool allowed = std::all_of(text.begin(), text.end(), [](char c) {
    return IsPrintable(c) && std::string_view("~^:?*[\\").find(c) == std::string_view::npos;
  });
  std::string_view rest = text;
  while (allowed) {
    const size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() || part.starts_with('.') || part.ends_with(".lock")) {
      return false;
    }
    if (slash == std::string_view::npos) {
      return true;
    }
    rest.remove_prefix(slash + 1);
  }
  return false;
}

bool IsRemoteCloneUrl(std::string_view text) {
  constexpr std::array<std::string_view, 4> kSchemes = {"https://", "http://", "ssh://", "git://"};
  const auto* scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                    [&](std::string_view s) { return text.starts_with(s); });
  if (scheme == kSchemes.end() || text.size() > 2048 ||
      !std::all_of(text.begin(), text.end(), IsPrintable)) {
    return false;
  }
  std::string_view authority = text.substr(scheme->size());
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const size_t at = authority.rfind('@');
  const std::string_view user = at == authority.npos ? "" : authority.substr(0, at);
  const std::string_view host = at == authority.npos ? authority : authority.substr(at + 1);
  // "ssh://-oProxyCommand=..." would be an option of ssh(1).
  return !host.empty() && host.front() != '-' && host.front() != ':' && !user.starts_with('-') &&
         user.find(':') == std::string_view::npos;
}

}  // namespace webhooks
