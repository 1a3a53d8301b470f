#include "runtime/git/lfs_server.h"

#include <gmock/gmock.h>

#include "runtime/base/error.h"

namespace runtime::git {
namespace {

using testing::HasSubstr;

std::string ErrorOfServer(const std::string& repository, const std::string& configured) {
  try {
    FindLfsServer(repository, configured);
  } catch (const base::Error& e) {
    return e.what();
  }
  return "";
}

TEST(LfsServer, IsBesideTheRepository) {
  for (const char* repository : {"https://example.com/a/b", "https://example.com/a/b/",
                                 "https://example.com/a/b.git", "https://example.com/a/b.git/"}) {
    const LfsServer server = FindLfsServer(repository, "");
    EXPECT_EQ(server.url, "https://example.com/a/b.git/info/lfs") << repository;
    EXPECT_TRUE(server.own) << repository;
  }
}

TEST(LfsServer, IsTheConfiguredOneAndItsOwnOnItsOriginAlone) {
  const std::string repository = "https://example.com/a/b.git";
  EXPECT_TRUE(FindLfsServer(repository, "https://example.com/lfs/").own);
  EXPECT_TRUE(FindLfsServer(repository, "https://example.com:443/lfs").own);
  EXPECT_EQ(FindLfsServer(repository, "https://example.com/lfs/").url, "https://example.com/lfs");
  EXPECT_FALSE(FindLfsServer(repository, "http://example.com/lfs").own);
  EXPECT_FALSE(FindLfsServer(repository, "https://example.com:8443/lfs").own);
  EXPECT_FALSE(FindLfsServer(repository, "https://example.com.evil.example/lfs").own);
  EXPECT_FALSE(FindLfsServer("git@example.com:a/b.git", "https://example.com/lfs").own);
}

TEST(LfsServer, IsRefusedWhereItIsNoWebAddress) {
  for (const char* configured :
       {"file:///etc", "/etc", "ssh://git@example.com/a", "git@example.com:a", "ext::touch x",
        "-oProxyCommand=x", "https://ada:secret@example.com/a", "https://example.com/a#b",
        "ftp://example.com/a", "https://example.com"}) {
    EXPECT_THAT(ErrorOfServer("https://example.com/a/b.git", configured), HasSubstr("lfs.url"))
        << configured;
  }
}

TEST(LfsServer, OfARepositoryBySshHasToBeNamed) {
  for (const char* repository :
       {"git@example.com:a/b.git", "ssh://git@example.com/a/b.git", "git://example.com/a/b.git"}) {
    EXPECT_THAT(ErrorOfServer(repository, ""), HasSubstr("clone it by https")) << repository;
  }
}

}  // namespace
}  // namespace runtime::git
