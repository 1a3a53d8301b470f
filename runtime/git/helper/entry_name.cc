#include "runtime/git/helper/entry_name.h"

#include <algorithm>
#include <string>

namespace runtime::git {
namespace {

constexpr size_t kMaxName = 255;  // NAME_MAX

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

// Without the code points that HFS+ leaves out when it compares names (Apple TN1150 "Case-
// insensitive string comparison"): U+200C-200F, U+202A-202E, U+206A-206F, U+FEFF.
std::string WithoutIgnorable(std::string_view text) {
  std::string kept;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view three = text.substr(i, 3);
    const auto last = three.size() == 3 ? static_cast<unsigned char>(three[2]) : 0;
    const bool ignorable = three == "\xef\xbb\xbf" ||
                           (three.starts_with("\xe2\x80") &&
                            ((last >= 0x8c && last <= 0x8f) || (last >= 0xaa && last <= 0xae))) ||
                           (three.starts_with("\xe2\x81") && last >= 0xaa && last <= 0xaf);
    if (ignorable) {
      i += 2;
    } else {
      kept += text[i];
    }
  }
  return kept;
}

bool IsNtfsDotGit(std::string_view lower) {
  const std::string_view stem = lower.substr(0, lower.find(':'));
  const size_t end = stem.find_last_not_of(" .");
  const std::string_view trimmed = stem.substr(0, end == std::string_view::npos ? 0 : end + 1);
  return trimmed == ".git" || trimmed == "git~1";
}

}  // namespace

bool IsSafeEntryName(std::string_view name) {
  if (name.empty() || name.size() > kMaxName || name == "." || name == ".." ||
      name.find('/') != std::string_view::npos || name.find('\0') != std::string_view::npos) {
    return false;
  }
  const std::string lower = LowerCase(name);
  // On NTFS "\" separates components too.
  for (size_t begin = 0; begin <= lower.size();) {
    const size_t end = std::min(lower.find('\\', begin), lower.size());
    if (IsNtfsDotGit(std::string_view(lower).substr(begin, end - begin))) {
      return false;
    }
    begin = end + 1;
  }
  return WithoutIgnorable(lower) != ".git";
}

}  // namespace runtime::git
