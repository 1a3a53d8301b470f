#include "runtime/git/url_policy.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"

namespace runtime::git {
namespace {

TEST(UrlPolicy, AcceptsTheUsualAddresses) {
  const std::pair<const char*, Transport> cases[] = {
      {"https://github.com/a/b.git", Transport::kHttps},
      {"https://[2001:db8::1]:8443/a/b", Transport::kHttps},
      {"http://127.0.0.1:8080/a/b.git", Transport::kHttp},
      {"git://example.com/a", Transport::kGit},
      {"ssh://git@example.com:2222/a/b.git", Transport::kSsh},
      {"ssh://example.com/a", Transport::kSsh},
      {"git@github.com:a/b.git", Transport::kSsh},
      {"https://example.com/a%20b/c", Transport::kHttps},
  };
  for (const auto& [text, transport] : cases) {
    const RepositoryUrl url = ParseRepositoryUrl(text, LocalRepositories::kRefused);
    EXPECT_EQ(url.transport, transport) << text;
    EXPECT_EQ(url.text, text);
  }
}

TEST(UrlPolicy, TakesAPathOnlyWhereItIsAllowed) {
  for (const char* text : {"/srv/a.git", "file:///srv/a.git"}) {
    const RepositoryUrl url = ParseRepositoryUrl(text, LocalRepositories::kAllowed);
    EXPECT_EQ(url.transport, Transport::kLocal) << text;
    EXPECT_EQ(url.path, "/srv/a.git") << text;
    EXPECT_THROW(ParseRepositoryUrl(text, LocalRepositories::kRefused), base::Error) << text;
  }
}

TEST(UrlPolicy, RefusesEverythingElse) {
  const std::string cases[] = {
      "",
      "-oProxyCommand=id",
      "--upload-pack=id",
      "ext::sh -c id",
      "fd::17/foo",
      "ftp://example.com/a",
      "file://host/a",
      "relative/path",
      "./a",
      "https:/example.com/a",
      "https://example.com",
      "https://example.com/",
      "https:///a",
      "https://-x/a",
      "https://example.com/-x",
      "https://example.com:0/a",
      "https://example.com:99999/a",
      "https://example.com:8x/a",
      "https://user@example.com/a",
      "https://user:secret@example.com/a",
      "https://user%0a:x@example.com/a",
      "git://x@example.com/a",
      "ssh://-oProxyCommand=id/a",
      "ssh://git@-x/a",
      "ssh://-x@example.com/a",
      "ssh://a:b@example.com/a",
      "git@example.com:-x",
      "-x@example.com:a",
      "$(id)@example.com:a",
      "host`id`:a",
      "https://exa mple.com/a",
      "https://example.com/a\nb",
      "https://example.com/a%0ab",
      "https://example.com/a%0Db",
      "https://example.com/%00",
      std::string("https://example.com/a\0b", 23),
      "https://example.com/" + std::string(5000, 'a'),
  };
  for (const std::string& text : cases) {
    EXPECT_THROW(ParseRepositoryUrl(text, LocalRepositories::kAllowed), base::Error) << text;
  }
}

TEST(UrlPolicy, NeverShowsAControlCharacterOfTheAddress) {
  try {
    ParseRepositoryUrl("https://example.com/\x1b[2J", LocalRepositories::kAllowed);
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(std::string_view(e.what()).find('\x1b'), std::string_view::npos);
    EXPECT_EQ(e.kind(), base::ErrorKind::kUsage);
  }
}

}  // namespace
}  // namespace runtime::git
