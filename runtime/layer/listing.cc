#include "runtime/layer/listing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "runtime/base/error.h"
#include "runtime/base/text.h"
#include "runtime/layer/decompress.h"
#include "runtime/layer/gzip.h"

namespace runtime::layer {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::string_view kTypeLetters = "fdlhpc";  // in the order of EntryType
constexpr std::string_view kNothing = "-";
constexpr size_t kMaxListedPath = 4096;

bool IsVisible(unsigned char c) { return c > ' ' && c < 0x7F && c != '%'; }

// "-" alone stands for nothing.
std::string Escape(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  if (text.empty()) {
    return std::string(kNothing);
  }
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsVisible(byte) && text != kNothing) {
      escaped += c;
    } else {
      escaped += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return escaped;
}

[[noreturn]] void Refuse(size_t line, const char* why) {
  throw Error(ErrorKind::kInvalid, "listing of a layer, line " + std::to_string(line) + ": " + why);
}

std::string Unescape(std::string_view text, size_t line) {
  std::string plain;
  if (text == kNothing) {
    return plain;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    const auto byte = base::ParseInteger<unsigned char>(digits, 16);
    if (digits.size() != 2 || !byte) {
      Refuse(line, "no valid %HH");
    }
    plain += static_cast<char>(*byte);
    i += 2;
  }
  return plain;
}

template <typename T>
T Number(std::string_view text, int radix, size_t line) {
  const std::optional<T> number = base::ParseInteger<T>(text, radix);
  if (!number) {
    Refuse(line, "no number where one is expected");
  }
  return *number;
}

ListedEntry ParseLine(std::string_view text, size_t line) {
  const std::vector<std::string_view> fields = base::Split(text, ' ');
  if (fields.size() != 9) {
    Refuse(line, "expected nine words");
  }
  const size_t type = kTypeLetters.find(fields[0]);
  if (fields[0].size() != 1 || type == std::string_view::npos) {
    Refuse(line, "unknown type");
  }
  ListedEntry entry = {.type = static_cast<EntryType>(type),
                       .mode = Number<unsigned>(fields[1], 8, line),
                       .uid = Number<int64_t>(fields[2], 10, line),
                       .gid = Number<int64_t>(fields[3], 10, line),
                       .size = Number<int64_t>(fields[4], 10, line),
                       .mtime = Number<int64_t>(fields[5], 10, line),
                       .attributes = Unescape(fields[6], line),
                       .value = Unescape(fields[7], line),
                       .path = Unescape(fields[8], line)};
  if (entry.path.empty() || entry.path.size() > kMaxListedPath) {
    Refuse(line, "no path, or one that is too long");
  }
  return entry;
}

std::string Uncompress(std::string_view packed) {
  if (packed.size() > kMaxListingBytes) {
    throw Error(ErrorKind::kInvalid, "listing of a layer: too long");
  }
  const auto decompressor = MakeDecompressor([packed](char* buffer, size_t size) mutable {
    const size_t n = packed.copy(buffer, size);
    packed.remove_prefix(n);
    return n;
  });
  std::string text;
  for (std::string_view part = decompressor->Next(); !part.empty(); part = decompressor->Next()) {
    if (part.size() > kMaxListingText - text.size()) {
      throw Error(ErrorKind::kInvalid, "listing of a layer: too long");
    }
    text += part;
  }
  return text;
}

ListingDifference Compare(const ListedEntry& a, const ListedEntry& b) {
  ListingDifference difference = {.path = a.path};
  const auto add = [&](bool differs, const char* what) {
    if (differs) {
      difference.what.emplace_back(what);
    }
  };
  const bool same_type = a.type == b.type;
  const bool is_file = a.type == EntryType::kFile;
  add(!same_type, "type");
  add(same_type && a.value != b.value, is_file ? "content" : "link");
  add(same_type && a.size != b.size, "size");
  add(a.mode != b.mode, "mode");
  add(a.uid != b.uid || a.gid != b.gid, "owner");
  add(a.mtime != b.mtime, "time");
  add(a.attributes != b.attributes, "attributes");
  return difference;
}

}  // namespace

std::string ListingWriter::Text(std::string_view text) const {
  return Escape(rewrite_ ? rewrite_(text) : std::string(text));
}

void ListingWriter::Add(const TarEntry& entry, const std::optional<base::Digest>& content) {
  if (++entries_ > kMaxListedEntries || lines_.size() > kMaxListingText / 2) {
    lines_.clear();
    lines_.shrink_to_fit();
    entries_ = kMaxListedEntries + 1;
    return;
  }
  std::string attributes;
  for (const Attribute& attribute : entry.attributes) {
    attributes += attribute.name + "\n" + std::to_string(attribute.value.size()) + "\n" +
                  attribute.value + "\n";
  }
  std::string_view path = entry.path;
  if (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  std::array<char, 12> octal = {};
  char* const begin = octal.data();
  const std::string_view mode(
      begin,
      static_cast<size_t>(std::to_chars(begin, begin + octal.size(), entry.mode, 8).ptr - begin));
  lines_ += kTypeLetters.at(static_cast<size_t>(entry.type));
  lines_ += ' ';
  lines_ += mode;
  for (const int64_t number :
       {entry.uid, entry.gid, entry.size, static_cast<int64_t>(entry.mtime.tv_sec)}) {
    lines_ += " " + std::to_string(number);
  }
  lines_ += " " + Escape(attributes.empty() ? "" : base::Digest::Of(attributes).hex());
  lines_ += " " + (content ? content->hex() : Text(entry.link)) + " " + Text(path) + "\n";
}

std::optional<std::string> ListingWriter::Finish() {
  if (entries_ > kMaxListedEntries) {
    return std::nullopt;
  }
  std::string packed;
  GzipWriter gzip([&](std::string_view data) { packed += data; });
  gzip.Write(lines_);
  gzip.Finish();
  return packed;
}

std::vector<ListedEntry> ReadListing(std::string_view listing) {
  const std::string text = Uncompress(listing);
  std::vector<ListedEntry> entries;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos || entries.size() == kMaxListedEntries) {
      Refuse(entries.size() + 1, "cut, or too many lines");
    }
    entries.push_back(
        ParseLine(std::string_view(text).substr(begin, end - begin), entries.size() + 1));
    begin = end + 1;
  }
  return entries;
}

std::vector<ListingDifference> CompareListings(const std::vector<ListedEntry>& first,
                                               const std::vector<ListedEntry>& second) {
  using Kind = ListingDifference::Kind;
  struct Pair {
    const ListedEntry* a = nullptr;
    const ListedEntry* b = nullptr;
  };
  std::map<std::string_view, Pair> pairs;
  for (const ListedEntry& entry : first) {
    pairs[entry.path].a = &entry;
  }
  for (const ListedEntry& entry : second) {
    pairs[entry.path].b = &entry;
  }
  std::vector<ListingDifference> differences;
  for (const auto& [path, pair] : pairs) {
    if (pair.a == nullptr || pair.b == nullptr) {
      differences.push_back(
          {pair.b == nullptr ? Kind::kOnlyInFirst : Kind::kOnlyInSecond, std::string(path)});
    } else if (ListingDifference difference = Compare(*pair.a, *pair.b); !difference.what.empty()) {
      differences.push_back(std::move(difference));
    }
  }
  return differences;
}

}  // namespace runtime::layer
