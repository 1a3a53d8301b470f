#include "runtime/layer/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "runtime/layer/gzip.h"
#include "runtime/layer/pack.h"
#include "tests/unit/layer/scratch.h"
#include "tests/unit/layer/tar_builder.h"

namespace runtime::layer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = ListingDifference::Kind;

std::string ListingOfLayer(const Scratch& scratch) {
  ListingWriter writer;
  PackOptions options;
  options.entries = [&](const TarEntry& entry, const std::optional<base::Digest>& content) {
    writer.Add(entry, content);
  };
  Pack(scratch.layer(), nullptr, options);
  return writer.Finish().value();
}

std::vector<ListedEntry> Listed(const TarBuilder& tar) {
  const Scratch scratch;
  scratch.Unpack(tar.Finish());
  return ReadListing(ListingOfLayer(scratch));
}

std::string Gzipped(std::string_view text) {
  std::string packed;
  GzipWriter gzip([&](std::string_view data) { packed += data; });
  gzip.Write(text);
  gzip.Finish();
  return packed;
}

TEST(Listing, HasEveryEntryOfALayer) {
  const auto entries = Listed(TarBuilder()
                                  .Directory("a b", 0750)
                                  .File("a b/file\n\xff%", "content")
                                  .Symlink("link", "a b/file")
                                  .HardLink("z", "a b/file\n\xff%")
                                  .Whiteout("a b/.wh.gone"));
  ASSERT_EQ(entries.size(), 5u);
  EXPECT_EQ(entries[0].path, "a b");
  EXPECT_EQ(entries[0].type, EntryType::kDirectory);
  EXPECT_EQ(entries[0].mode, 0750u);
  EXPECT_EQ(entries[1].path, "a b/file\n\xff%");
  EXPECT_EQ(entries[1].size, 7);
  EXPECT_EQ(entries[1].value, base::Digest::Of("content").hex());
  EXPECT_EQ(entries[2].path, "a b/.wh.gone");
  EXPECT_EQ(entries[3].value, "a b/file");
  EXPECT_EQ(entries[4].type, EntryType::kHardLink);
}

TEST(Listing, NamesWhatIsDifferent) {
  const auto first = Listed(TarBuilder()
                                .File("content", "a")
                                .File("gone", "x")
                                .File("mode", "x")
                                .File("same", "x")
                                .File("size", "x")
                                .File("type", "x"));
  Member executable;
  executable.name = "mode";
  executable.content = "x";
  executable.mode = 0755;
  const auto second = Listed(TarBuilder()
                                 .File("content", "b")
                                 .Add(executable)
                                 .File("new", "x")
                                 .File("same", "x")
                                 .File("size", "xx")
                                 .Symlink("type", "x"));
  std::vector<ListingDifference> differences = CompareListings(first, second);
  ASSERT_EQ(differences.size(), 6u);
  EXPECT_EQ(differences[0], (ListingDifference{Kind::kDifferent, "content", {"content"}}));
  EXPECT_EQ(differences[1], (ListingDifference{Kind::kOnlyInFirst, "gone"}));
  EXPECT_EQ(differences[2], (ListingDifference{Kind::kDifferent, "mode", {"mode"}}));
  EXPECT_EQ(differences[3], (ListingDifference{Kind::kOnlyInSecond, "new"}));
  EXPECT_EQ(differences[4], (ListingDifference{Kind::kDifferent, "size", {"content", "size"}}));
  EXPECT_EQ(differences[5].what.front(), "type");
  EXPECT_THAT(CompareListings(first, first), IsEmpty());
}

TEST(Listing, RewritesNamesAndTargets) {
  ListingWriter writer([](std::string_view) { return "***"; });
  TarEntry link;
  link.type = EntryType::kSymlink;
  link.path = "secret";
  link.link = "secret";
  writer.Add(link, std::nullopt);
  const auto entries = ReadListing(writer.Finish().value());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].path, "***");
  EXPECT_EQ(entries[0].value, "***");
}

TEST(Listing, OfTooManyEntriesIsNone) {
  ListingWriter writer;
  TarEntry entry;
  entry.path = "x";
  for (uint64_t i = 0; i <= kMaxListedEntries; ++i) {
    writer.Add(entry, std::nullopt);
  }
  EXPECT_FALSE(writer.Finish());
}

TEST(Listing, RefusesWhatIsNone) {
  for (const char* text :
       {"f", "f 644 0 0 1 0 - - ", "f 644 0 0 1 0 - - a b\n", "q 644 0 0 1 0 - - a\n",
        "f 999 0 0 1 0 - - a\n", "f 644 0 0 1x 0 - - a\n", "f 644 0 0 1 0 - - %G0\n",
        "f 644 0 0 1 0 - - a%0\n", "f 644 0 0 1 0 - - -\n", "f 644 0 0 1 0 - - a"}) {
    EXPECT_THROW(ReadListing(Gzipped(text)), base::Error) << text;
  }
  EXPECT_THROW(ReadListing("\x1f\x8b damaged"), base::Error);
  EXPECT_THROW(ReadListing(Gzipped(std::string(kMaxListingText + 1, 'x'))), base::Error);
  EXPECT_THAT(ReadListing(Gzipped("")), IsEmpty());
}

}  // namespace
}  // namespace runtime::layer
