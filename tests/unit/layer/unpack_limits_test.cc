#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/unit/layer/scratch.h"
#include "tests/unit/layer/tar_builder.h"

namespace runtime::layer {
namespace {

using testing::HasSubstr;

TEST(UnpackLimits, NamesTheLimitOfBytes) {
  Scratch scratch;
  UnpackLimits limits;
  limits.max_bytes = 100'000;
  const std::string archive = TarBuilder().File("f", std::string(200'000, 'x')).Finish();
  EXPECT_THAT(scratch.Refusal(archive, limits), HasSubstr("limit of 100000 bytes"));
}

TEST(UnpackLimits, CountsASparseFileByItsSize) {
  Scratch scratch;
  Member sparse;
  sparse.name = "sparse";
  sparse.content = "1\n1099511627776\n0\n";
  sparse.content.resize(512, '\0');
  sparse.pax = {{"GNU.sparse.major", "1"},
                {"GNU.sparse.minor", "0"},
                {"GNU.sparse.name", "sparse"},
                {"GNU.sparse.realsize", "1099511627776"}};
  EXPECT_THAT(scratch.Refusal(TarBuilder().Add(sparse).Finish()), HasSubstr("bytes in files"));
}

TEST(UnpackLimits, StopsAGzipBombOfOneThousandToOne) {
  Scratch scratch;
  UnpackLimits limits;
  limits.ratio_from = 2u << 20;
  const std::string bomb = GzipMember(TarBuilder().File("z", std::string(8u << 20, '\0')).Finish());
  EXPECT_THAT(scratch.Refusal(bomb, limits), HasSubstr("for each compressed byte"));
}

TEST(UnpackLimits, StopsAZstdBomb) {
  Scratch scratch;
  UnpackLimits limits;
  limits.ratio_from = 2u << 20;
  const std::string bomb = ZstdFrame(TarBuilder().File("z", std::string(8u << 20, '\0')).Finish());
  EXPECT_THAT(scratch.Refusal(bomb, limits), HasSubstr("for each compressed byte"));
}

TEST(UnpackLimits, StopsABombBehindTheEndOfTheArchive) {
  Scratch scratch;
  UnpackLimits limits;
  limits.ratio_from = 2u << 20;
  std::string archive = TarBuilder().File("f").Finish();
  archive.append(8u << 20, '\0');
  EXPECT_THAT(scratch.Refusal(GzipMember(archive), limits), HasSubstr("for each compressed byte"));
}

TEST(UnpackLimits, NamesTheLimitOfEntries) {
  Scratch scratch;
  UnpackLimits limits;
  limits.max_entries = 10;
  TarBuilder archive;
  for (int i = 0; i < 11; ++i) {
    archive.File(std::to_string(i));
  }
  EXPECT_THAT(scratch.Refusal(archive.Finish(), limits), HasSubstr("limit of 10 entries"));
}

TEST(UnpackLimits, CountsEntriesThatReplaceEachOther) {
  Scratch scratch;
  UnpackLimits limits;
  limits.max_entries = 10;
  TarBuilder archive;
  for (int i = 0; i < 11; ++i) {
    archive.File("same");
  }
  EXPECT_THAT(scratch.Refusal(archive.Finish(), limits), HasSubstr("limit of 10 entries"));
}

TEST(UnpackLimits, NamesTheLimitsOfNames) {
  std::string deep;
  for (int i = 0; i < 600; ++i) {
    deep += "d/";
  }
  std::string deeper;
  for (int i = 0; i < 10'000; ++i) {
    deeper += "d/";
  }
  const std::pair<std::string, const char*> cases[] = {
      {deep + "f", "512 directories deep"},
      {deeper + "f", "longer than 4095 bytes"},
      {std::string(256, 'n'), "a name is longer than 255 bytes"},
      {std::string(65536, 'n'), "longer than 4095 bytes"},
  };
  for (const auto& [name, limit] : cases) {
    Scratch scratch;
    EXPECT_THAT(scratch.Refusal(TarBuilder().File(name).Finish()), HasSubstr(limit));
  }
}

TEST(UnpackLimits, TakesADeepPathWithinTheLimit) {
  Scratch scratch;
  std::string deep;
  for (int i = 0; i < 511; ++i) {
    deep += "d/";
  }
  scratch.Unpack(TarBuilder().File(deep + "f", "deep").Finish());
  EXPECT_EQ(scratch.Read("layer/" + deep + "f"), "deep");
}

TEST(UnpackLimits, RefusesALinksTargetThatIsTooLong) {
  Scratch scratch;
  EXPECT_THAT(scratch.Refusal(TarBuilder().Symlink("l", std::string(5000, 't')).Finish()),
              HasSubstr("target of 5000 bytes"));
}

TEST(UnpackLimits, RefusesAnEndlessExtendedHeader) {
  Scratch scratch;
  Member file;
  file.name = "f";
  file.pax = {{"comment", std::string(4u << 20, 'c')}};
  EXPECT_NE(scratch.Refusal(TarBuilder().Add(file).Finish()), "");
}

TEST(UnpackLimits, RefusesAnEndlessChainOfHeaders) {
  Scratch scratch;
  TarBuilder archive;
  Member longname;
  longname.name = "././@LongLink";
  longname.type = 'L';
  longname.content = std::string("x\0", 2);
  for (int i = 0; i < 1000; ++i) {
    archive.Add(longname);
  }
  EXPECT_NE(scratch.Refusal(archive.File("f").Finish()), "");
}

TEST(UnpackLimits, HoldsFewDescriptorsWhateverTheArchive) {
  Scratch scratch;
  TarBuilder archive;
  for (int i = 0; i < 300; ++i) {
    archive.File("d" + std::to_string(i) + "/f");
  }
  rlimit old;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  rlimit few = old;
  few.rlim_cur = 128;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  EXPECT_EQ(scratch.Refusal(archive.Finish()), "");
  ::setrlimit(RLIMIT_NOFILE, &old);
}

}  // namespace
}  // namespace runtime::layer
