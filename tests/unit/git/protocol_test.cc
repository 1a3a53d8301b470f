#include "runtime/git/protocol.h"

#include <gtest/gtest.h>

namespace runtime::git {
namespace {

const std::string kId(40, 'a');

TEST(Protocol, CarriesARequestUnchanged) {
  HelperRequest request;
  request.url = "https://example.com/a/b.git";
  request.credential = {.username = "u\n\"",
                        .password = "p\\",
                        .ssh_key = "-----BEGIN\n",
                        .known_hosts = "h",
                        .accept_unknown_hosts = true};
  request.git_dir = "/git";
  request.work_tree = "/source";
  request.ref = "refs/heads/m\xc3\xa4rz";
  request.commit = kId;
  request.working_tree = true;
  request.certificates = "/certificates";
  request.limits = {1, 2, 3, 4, 5, 6};
  const std::string line = EncodeRequest(request);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(EncodeRequest(DecodeRequest(line)), line);
  EXPECT_EQ(DecodeRequest(line).credential.ssh_key, "-----BEGIN\n");
  EXPECT_EQ(DecodeRequest(line).limits.depth, 6u);
}

TEST(Protocol, CarriesAnOrderOfGitLfsAndItsAnswer) {
  HelperRequest request;
  EXPECT_FALSE(DecodeRequest(EncodeRequest(request)).lfs);
  request.lfs = {.objects = {{std::string(64, 'a'), 1ull << 40, "dir/\xc3\xa4"}},
                 .server = "https://example.com/lfs",
                 .own_server = true};
  const std::string line = EncodeRequest(request);
  EXPECT_EQ(EncodeRequest(DecodeRequest(line)), line);
  EXPECT_EQ(DecodeRequest(line).lfs->objects.at(0).size, 1ull << 40);
  const LfsAnswer sent{.missing = {"a", "b"}, .origin = "o", .server = "s"};
  EXPECT_EQ(EncodeObjects(DecodeObjects(EncodeObjects(sent))), EncodeObjects(sent));
  EXPECT_THROW(DecodeObjects(R"({"objects": {"missing": 5}})"), base::Error);
}

TEST(Protocol, FitsTheLargestOrderIntoOneLine) {
  HelperRequest request;
  LfsOrder& order = request.lfs.emplace();
  // As a path of 120 bytes, none of which can be shown, is: five characters each.
  std::string file = "...";
  for (int i = 0; i < 120; ++i) {
    file += "\\xff";
  }
  order.objects.assign(kMaxLfsOrder, {std::string(64, 'a'), UINT64_MAX, file});
  EXPECT_LT(EncodeRequest(request).size(), kMaxLine);
}

TEST(Protocol, CarriesAResolutionAndReplacesInvalidUtf8) {
  const Resolution sent{.commit = kId,
                        .tree = kId,
                        .commit_time = 1700000000,
                        .branch = "main",
                        .title = "caf\xe9",
                        .author = "Ada"};
  const Resolution got = DecodeResolution(EncodeResolution(sent));
  EXPECT_EQ(got.commit, kId);
  EXPECT_EQ(got.commit_time, 1700000000);
  EXPECT_EQ(got.title, "caf\xef\xbf\xbd");
}

TEST(Protocol, ThrowsTheHelpersErrorWithItsKind) {
  const std::string line =
      EncodeError(base::Error(base::ErrorKind::kPermission, "the credential was refused"));
  try {
    DecodeResolution(line);
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kPermission);
    EXPECT_STREQ(e.what(), "the credential was refused");
  }
  EXPECT_THROW(DecodeWritten(line), base::Error);
}

TEST(Protocol, CarriesWhatACheckoutStandsOn) {
  const WrittenTree sent{.size = {.files = 1, .bytes = 2, .entries = 3}, .base = kId};
  const WrittenTree got = DecodeWritten(EncodeWritten(sent));
  EXPECT_EQ(got.size.files, 1u);
  EXPECT_EQ(got.size.bytes, 2u);
  EXPECT_EQ(got.size.entries, 3u);
  EXPECT_EQ(got.base, kId);

  HelperRequest request;
  request.bases = {{.tree = kId, .max_entries = 4, .max_bytes = 5}};
  const HelperRequest read = DecodeRequest(EncodeRequest(request));
  ASSERT_EQ(read.bases.size(), 1u);
  EXPECT_EQ(read.bases[0].tree, kId);
  EXPECT_EQ(read.bases[0].max_entries, 4u);
  EXPECT_EQ(read.bases[0].max_bytes, 5u);
}

TEST(Protocol, RefusesATreeThatIsNoObjectId) {
  for (const char* tree : {"", "../../../etc", "AAAA", "refs/heads/main"}) {
    const Resolution sent{.commit = kId, .tree = tree, .branch = "", .title = "", .author = ""};
    EXPECT_THROW(DecodeResolution(EncodeResolution(sent)), base::Error) << tree;
  }
}

TEST(Protocol, RefusesWhatIsNoAnswer) {
  for (const char* line : {"", "{", "[]", "null", "{}", R"({"resolved":{}})", R"({"resolved":1})",
                           R"({"error":{}})", R"({"error":{"kind":1,"message":2}})"}) {
    EXPECT_THROW(DecodeResolution(line), base::Error) << line;
    EXPECT_THROW(DecodeRequest(line), base::Error) << line;
    EXPECT_THROW(DecodeWritten(line), base::Error) << line;
  }
}

}  // namespace
}  // namespace runtime::git
