#include "runner/secret_reference.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

std::string ProblemWith(const std::string& reference, SecretForm form = SecretForm::kAny) {
  try {
    return "resolved: " + ResolveSecret(reference, form);
  } catch (const runtime::base::Error& e) {
    return e.what();
  }
}

TEST(Secret, ComesFromAFileTheEnvironmentOrACommand) {
  const runtime::base::TemporaryDirectory directory("/tmp", "secret");
  const std::string path = (directory.path() / "s").native();
  runtime::base::WriteFileAtomically(path, "one\ntwo\r\n\n");
  EXPECT_EQ(ResolveSecret("file:" + path), "one\ntwo");
  ::setenv("RUNNER_TEST_SECRET", "from the environment", 1);
  EXPECT_EQ(ResolveSecret("env:RUNNER_TEST_SECRET"), "from the environment");
  EXPECT_EQ(ResolveSecret("command:echo  a b"), "a b");
}

TEST(Secret, ACommandIsNoShell) {
  EXPECT_EQ(ResolveSecret("command:echo $HOME;id|`x`"), "$HOME;id|`x`");
}

TEST(Secret, SaysWhatIsWrongWithWhich) {
  EXPECT_EQ(ProblemWith("env:RUNNER_NO_SUCH"),
            "secret env:RUNNER_NO_SUCH: no such variable in the environment");
  EXPECT_NE(ProblemWith("file:/no/such").find("secret file:/no/such: "), std::string::npos);
  EXPECT_NE(ProblemWith("command:false").find("the command failed"), std::string::npos);
  EXPECT_NE(ProblemWith("command:/no/such").find("start"), std::string::npos);
  EXPECT_NE(ProblemWith("command:true").find("it is empty"), std::string::npos);
  EXPECT_NE(ProblemWith("command:cat /dev/zero").find("64 KiB"), std::string::npos);
}

TEST(Secret, APasswordIsOneLineOfText) {
  const runtime::base::TemporaryDirectory directory("/tmp", "secret");
  const std::string path = (directory.path() / "s").native();
  for (const char* text : {"one\ntwo", "hunter2\x01", "hunter2\xff", "hunter2\x1b[31m"}) {
    runtime::base::WriteFileAtomically(path, text);
    const std::string problem = ProblemWith("file:" + path, SecretForm::kLine);
    EXPECT_NE(problem.find("secret file:" + path + ": it must be one line"), std::string::npos);
    EXPECT_EQ(problem.find("hunter2"), std::string::npos);
  }
  runtime::base::WriteFileAtomically(path, "p\xc3\xa4ss \"w:ord%&\n");
  EXPECT_EQ(ResolveSecret("file:" + path, SecretForm::kLine), "p\xc3\xa4ss \"w:ord%&");
}

TEST(Secret, APublicKeyIsNoPrivateKey) {
  const runtime::base::TemporaryDirectory directory("/tmp", "secret");
  const std::string path = (directory.path() / "s").native();
  runtime::base::WriteFileAtomically(path, "ssh-ed25519 AAAA me@here\n");
  EXPECT_NE(ProblemWith("file:" + path, SecretForm::kPrivateKey).find("it is no private key"),
            std::string::npos);
  runtime::base::WriteFileAtomically(path, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
  EXPECT_EQ(ResolveSecret("file:" + path, SecretForm::kPrivateKey).size(), 40u);
}

TEST(Secret, HasThreeForms) {
  EXPECT_TRUE(IsSecretReference("file:a"));
  EXPECT_TRUE(IsSecretReference("env:a"));
  EXPECT_TRUE(IsSecretReference("command:a"));
  for (const char* text : {"", "a", "file:", "File:a", "https://a"}) {
    EXPECT_FALSE(IsSecretReference(text)) << text;
  }
}

TEST(Secret, IsReadAsItIs) {
  const runtime::base::TemporaryDirectory directory("/tmp", "secret");
  const std::string path = (directory.path() / "s").native();
  runtime::base::WriteFileAtomically(path, "one\ntwo\r\n\n");
  EXPECT_EQ(ReadSecret("file:" + path), "one\ntwo\r\n\n");
}

TEST(Secret, ForStepsIsLongEnoughToBeMasked) {
  ::setenv("RUNNER_TEST_SECRET", "q7z", 1);
  EXPECT_EQ(
      ProblemWith("env:RUNNER_TEST_SECRET", SecretForm::kForSteps),
      "secret env:RUNNER_TEST_SECRET: it must have at least 4 characters: a shorter one can't "
      "be kept out of the logs");
}

}  // namespace
}  // namespace runner
