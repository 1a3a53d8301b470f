#include "runner/registry_password.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"

namespace runner {
namespace {

using runtime::registry::Credentials;

TEST(RegistryPassword, NamesItsUser) {
  const Credentials login =
      CredentialsFromSecret("ada:pass:word\n", "p", "host", Credentials{"kept", "x", ""});
  EXPECT_EQ(login.user, "ada");
  EXPECT_EQ(login.password, "pass:word");
}

TEST(RegistryPassword, IsTheKeptUsersWhenItNamesNone) {
  const Credentials login =
      CredentialsFromSecret("password", "p", "host", Credentials{"kept", "x", "token"});
  EXPECT_EQ(login.user, "kept");
  EXPECT_EQ(login.password, "password");
  EXPECT_EQ(login.identity_token, "");
}

TEST(RegistryPassword, NeedsAUserAndAPassword) {
  for (const char* secret : {"password", ":password", "ada:"}) {
    try {
      CredentialsFromSecret(secret, "p", "host:5000", std::nullopt);
      ADD_FAILURE() << secret;
    } catch (const runtime::base::Error& e) {
      EXPECT_STREQ(e.what(),
                   "secret p: nothing says which user of host:5000 it is the password of: write it "
                   "as USER:PASSWORD, or log in once with runner registry login host:5000");
    }
  }
}

}  // namespace
}  // namespace runner
