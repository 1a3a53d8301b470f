// A short deterministic run of what tests/fuzz/unpack_fuzz.cc does for hours.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/layer/scratch.h"
#include "tests/unit/layer/tar_builder.h"

namespace runtime::layer {
namespace {

constexpr unsigned kSeed = 20240607;
constexpr int kRounds = 400;

std::vector<std::string> ValidArchives() {
  Member rich;
  rich.name = "d/rich";
  rich.content = std::string(700, 'r');
  rich.pax = {{"mtime", "1700000000.25"}, {"SCHILY.xattr.user.note", "n"}, {"size", "700"}};
  Member long_name;
  long_name.name = "././@LongLink";
  long_name.type = 'L';
  long_name.content = std::string(180, 'l') + '\0';
  Member sparse;
  sparse.name = "sparse";
  sparse.content = "1\n4096\n10\n";
  sparse.content.resize(512, '\0');
  sparse.content += "0123456789";
  sparse.pax = {{"GNU.sparse.major", "1"},
                {"GNU.sparse.minor", "0"},
                {"GNU.sparse.name", "sparse"},
                {"GNU.sparse.realsize", "8192"}};
  Member fifo;
  fifo.name = "fifo";
  fifo.type = '6';
  return {
      TarBuilder()
          .Directory("d")
          .Add(rich)
          .Symlink("l", "d")
          .File("l/x")
          .HardLink("h", "l/x")
          .Finish(),
      TarBuilder().Add(long_name).File("short").Add(sparse).Add(fifo).Finish(),
      TarBuilder().Directory("a").Symlink("a/b", "/").File("a/b/c").Whiteout("a/.wh.w").Finish(),
      TarBuilder().Symlink("up", "..").File("up/f").File("f").Directory("f").Finish(),
  };
}

std::string Mutate(std::string data, std::mt19937& random) {
  const auto below = [&](size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random);
  };
  const size_t count = 1 + below(4);
  for (size_t i = 0; i < count; ++i) {
    const size_t at = below(data.size());
    switch (below(6)) {
      case 0:
        data[at] = static_cast<char>(below(256));
        break;
      case 1:
        data[at] = static_cast<char>(data[at] ^ (1 << below(8)));
        break;
      case 2:
        data.erase(at, 1 + below(600));
        break;
      case 3:
        data.insert(at, data.substr(below(data.size()), 1 + below(600)));
        break;
      case 4:
        data.resize(std::max<size_t>(at, 1));
        break;
      default: {
        // Names, links and sizes are what parsers trip over.
        static constexpr size_t kFields[] = {0, 100, 124, 136, 148, 156, 157, 257, 345};
        const size_t field = at / 512 * 512 + kFields[below(std::size(kFields))];
        static constexpr const char* kTexts[] = {"../",  "/",        "77777777777", "-1",
                                                 "\x80", "\xff\xff", "5",           ".wh..wh..opq"};
        const std::string text = kTexts[below(std::size(kTexts))];
        data.resize(std::max(data.size(), field + text.size()));
        data.replace(field, text.size(), text);
      }
    }
    if (data.empty()) {
      return data;
    }
  }
  return data;
}

// libarchive refuses a header whose sum is wrong before it reads further.
void RepairSums(std::string& archive) {
  for (size_t block = 0; block + 512 <= archive.size(); block += 512) {
    if (archive.compare(block + 257, 5, "ustar") != 0) {
      continue;
    }
    archive.replace(block + 148, 8, 8, ' ');
    unsigned sum = 0;
    for (size_t i = block; i < block + 512; ++i) {
      sum += static_cast<unsigned char>(archive[i]);
    }
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum & 0777777);
    archive.replace(block + 148, 7, text, 7);
  }
}

TEST(UnpackMutations, OfValidArchivesNeverTouchWhatIsOutside) {
  UnpackLimits limits;
  limits.max_bytes = 1 << 20;
  limits.max_entries = 1000;
  std::mt19937 random(kSeed);
  const std::vector<std::string> archives = ValidArchives();
  int taken = 0;
  for (int round = 0; round < kRounds; ++round) {
    Scratch scratch;
    std::string archive = Mutate(archives[static_cast<size_t>(round) % archives.size()], random);
    if (round % 4 != 0) {
      RepairSums(archive);
    }
    taken += scratch.Refusal(archive, limits).empty() ? 1 : 0;
    ASSERT_TRUE(scratch.OutsideIsUntouched()) << "round " << round;
  }
  EXPECT_GT(taken, kRounds / 20) << "the mutations don't get past the header";
}

TEST(UnpackMutations, OfCompressedArchivesAreRefused) {
  UnpackLimits limits;
  limits.max_bytes = 1 << 20;
  std::mt19937 random(kSeed);
  for (const std::string& archive : ValidArchives()) {
    for (const std::string& blob : {GzipMember(archive), ZstdFrame(archive)}) {
      for (int round = 0; round < kRounds / 8; ++round) {
        Scratch scratch;
        scratch.Refusal(Mutate(blob, random), limits);
        ASSERT_TRUE(scratch.OutsideIsUntouched()) << "round " << round;
      }
    }
  }
}

}  // namespace
}  // namespace runtime::layer
