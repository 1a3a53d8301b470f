// Listing: what a layer's archive has, an entry a line, so that two layers can be compared when
// neither is there any more.
//
// gzip of lines "TYPE MODE UID GID SIZE MTIME ATTRIBUTES VALUE PATH": VALUE is the SHA-256 of a
// file's content, the target of a link or "-"; ATTRIBUTES is the SHA-256 of the extended attributes
// or "-"; other bytes than visible ASCII are %HH. In the order of the archive.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/digest.h"
#include "runtime/layer/tar_entry.h"

namespace runtime::layer {

struct ListedEntry {
  EntryType type = EntryType::kFile;
  unsigned mode = 0;
  int64_t uid = 0;
  int64_t gid = 0;
  int64_t size = 0;
  int64_t mtime = 0;       // seconds since 1970
  std::string attributes;  // digest in hex; empty: none
  std::string value;       // digest in hex, or a link's target
  std::string path;        // without a slash at its end; ".wh.NAME": NAME was deleted
};

// An entry of an archive; `content` is a file's digest. `text` rewrites names and targets, as to
// mask them; null: as they are.
class ListingWriter {
 public:
  using Rewrite = std::function<std::string(std::string_view text)>;
  explicit ListingWriter(Rewrite text = nullptr) : rewrite_(std::move(text)) {}

  void Add(const TarEntry& entry, const std::optional<base::Digest>& content);
  // The whole listing; nothing for a layer of more entries than a listing may have. The last call.
  std::optional<std::string> Finish();

 private:
  std::string Text(std::string_view text) const;

  const Rewrite rewrite_;
  std::string lines_;
  uint64_t entries_ = 0;
};

// Anything may be in `listing`. Throws Error (kInvalid) for what isn't one, or over a bound.
std::vector<ListedEntry> ReadListing(std::string_view listing);

inline constexpr uint64_t kMaxListedEntries = 250'000;
// Of a listing as it is kept, and unpacked.
inline constexpr size_t kMaxListingBytes = 32u << 20;
inline constexpr size_t kMaxListingText = 96u << 20;

// One path that two listings have differently.
struct ListingDifference {
  enum class Kind { kOnlyInFirst, kOnlyInSecond, kDifferent };
  Kind kind = Kind::kDifferent;
  std::string path;
  // Of kDifferent: "type", "content", "size", "link", "mode", "owner", "time", "attributes".
  std::vector<std::string> what = {};
  bool operator==(const ListingDifference&) const = default;
};

// Sorted by path. Linear in both.
std::vector<ListingDifference> CompareListings(const std::vector<ListedEntry>& first,
                                               const std::vector<ListedEntry>& second);

}  // namespace runtime::layer
