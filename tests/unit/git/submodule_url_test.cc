#include "runtime/git/submodule_url.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"

namespace runtime::git {
namespace {

constexpr char kParent[] = "https://example.com:8443/group/project.git";

TEST(SubmoduleUrl, IsTakenFromTheRepositorysOwnWhenItIsRelative) {
  EXPECT_EQ(SubmoduleUrl(kParent, "../lib.git"), "https://example.com:8443/group/lib.git");
  EXPECT_EQ(SubmoduleUrl(kParent, "../../other/lib"), "https://example.com:8443/other/lib");
  EXPECT_EQ(SubmoduleUrl(kParent, "./lib"), "https://example.com:8443/group/project.git/lib");
  EXPECT_EQ(SubmoduleUrl("git@example.com:group/project.git", "../lib.git"),
            "git@example.com:group/lib.git");
}

TEST(SubmoduleUrl, MayNameTheSameHost) {
  EXPECT_EQ(SubmoduleUrl(kParent, "https://example.com:8443/x/y.git"),
            "https://example.com:8443/x/y.git");
}

// Each would have the git container talk to somebody else, read this host, or run something.
TEST(SubmoduleUrl, IsRefusedWhereverElseItLeads) {
  for (const char* url : {"https://example.com/x/y",
                          "http://example.com:8443/x/y",
                          "https://evil.example/x/y",
                          "https://example.com:8443@evil.example/x/y",
                          "https://u:p@example.com:8443/x/y",
                          "git://example.com:8443/x/y",
                          "ssh://example.com:8443/x/y",
                          "git@example.com:x/y",
                          "http://169.254.169.254/latest",
                          "file:///etc",
                          "/etc",
                          "ext::sh -c id",
                          "fd::17",
                          "-uexample",
                          "--upload-pack=id",
                          "ssh://-oProxyCommand=id/x",
                          "",
                          ".",
                          "..",
                          "lib",
                          "../../../lib",
                          "../../../../../etc/passwd",
                          "../lib\n.git",
                          "../lib%0a.git",
                          "../../-x",
                          "../x/../../y",
                          "https://example.com:8443/../y",
                          "https://EXAMPLE.com:8443/x/y"}) {
    EXPECT_THROW(SubmoduleUrl(kParent, url), base::Error) << url;
  }
}

}  // namespace
}  // namespace runtime::git
