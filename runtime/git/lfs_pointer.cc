#include "runtime/git/lfs_pointer.h"

#include <algorithm>
#include <iterator>

#include "runtime/base/digest.h"
#include "runtime/base/text.h"

namespace runtime::git {
namespace {

// The last two are of the program's first years.
constexpr std::string_view kVersions[] = {"https://git-lfs.github.com/spec/v1",
                                          "https://hawser.github.com/spec/v1",
                                          "http://git-media.io/v/2"};

std::string_view TrimmedLine(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos
             ? std::string_view()
             : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// "ext-0-name"
bool IsExtension(std::string_view key) {
  return key.starts_with("ext-") && key.size() > 6 && key[4] >= '0' && key[4] <= '9' &&
         key[5] == '-';
}

}  // namespace

std::optional<LfsPointer> ParseLfsPointer(std::string_view text) {
  if (text.size() >= kLfsPointerLimit) {
    return std::nullopt;
  }
  static constexpr std::string_view kKeys[] = {"version", "oid", "size"};
  LfsPointer pointer;
  size_t expected = 0;
  text = TrimmedLine(text);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    if (line.empty()) {
      continue;
    }
    const size_t space = line.find(' ');
    if (space == std::string_view::npos || expected == std::size(kKeys)) {
      return std::nullopt;
    }
    const std::string_view key = line.substr(0, space);
    const std::string_view value = line.substr(space + 1);
    if (key != kKeys[expected]) {
      if (expected == 0 || !IsExtension(key)) {
        return std::nullopt;
      }
      pointer.has_extensions = true;
      continue;
    }
    if (key == "version" &&
        std::find(std::begin(kVersions), std::end(kVersions), value) == std::end(kVersions)) {
      return std::nullopt;
    }
    if (key == "oid") {
      const auto digest = base::Digest::Parse(value);
      if (!digest) {
        return std::nullopt;
      }
      pointer.oid = digest->hex();
    }
    if (key == "size") {
      const auto size = base::ParseInteger<uint64_t>(value);
      if (!size || *size > INT64_MAX) {
        return std::nullopt;
      }
      pointer.size = *size;
    }
    ++expected;
  }
  return expected == std::size(kKeys) ? std::optional(pointer) : std::nullopt;
}

}  // namespace runtime::git
