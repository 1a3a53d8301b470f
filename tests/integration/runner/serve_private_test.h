// A private repository: pie/hubot is cloned over HTTP and asks for a login.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/runner/serve_fixture.h"
#include "tests/support/git_servers.h"

namespace runner {

inline constexpr char kPassword[] = "correct-horse-battery";
// What HTTP carries for ada with it: base64("ada:correct-horse-battery").
inline constexpr char kBasic[] = "YWRhOmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ==";

class ServePrivateTest : public ServeTest {
 protected:
  // Configured with the right password.
  ServePrivateTest() {
    git_.SetPassword(kPassword);
    SetPasswordFile(kPassword);
    ConfigureClone(git_.Url("private/hubot.git"));
  }
  void ConfigureClone(const std::string& url) const {
    Configure("    clone: " + url +
              "\n    credential: {username: ada, password: \"file:" + PasswordFile() + "\"}\n");
  }
  std::string PasswordFile() const { return (directory_.path() / "password").native(); }
  void SetPasswordFile(const std::string& password) const {
    runtime::base::WriteFileAtomically(PasswordFile(), password + "\n");
  }
  // The text of the last of `count` statuses.
  std::string AwaitStatus(size_t count) {
    const std::vector<std::string> statuses = github_.Await(count);
    return statuses.size() < count ? "no status" : statuses.back();
  }

  tests::GitHttpServer git_{directory_.path()};
};

}  // namespace runner
