// The verbs, called as `runner` calls them.
#include "runner/verbs/verbs.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "runner/cli.h"
#include "runner/verbs/image_verbs.h"
#include "runtime/base/files.h"
#include "runtime/image/image_store.h"
#include "tests/support/registry_server.h"
#include "tests/support/sample_image.h"

namespace runner {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

class RegistryVerbs : public ::testing::Test {
 protected:
  RegistryVerbs() { ::setenv("DOCKER_CONFIG", (directory_.path() / "docker").c_str(), 1); }
  ~RegistryVerbs() override { ::unsetenv("DOCKER_CONFIG"); }

  // Runs one with a state directory of its own, and `input` on standard input.
  Outcome Run(Verb verb, std::vector<std::string> args, const std::string& input = "") {
    const int saved = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    const runtime::base::UniqueFd in(::memfd_create("input", MFD_CLOEXEC));
    runtime::base::WriteAll(in.get(), input, "input");
    ::lseek(in.get(), 0, SEEK_SET);
    ::dup2(in.get(), STDIN_FILENO);
    CaptureStdout();
    CaptureStderr();
    const int code = verb(std::move(args));
    std::fflush(stdout);
    ::dup2(saved, STDIN_FILENO);
    ::close(saved);
    return {code, GetCapturedStdout(), GetCapturedStderr()};
  }

  std::string Root(const std::string& name) const { return (directory_.path() / name).string(); }
  std::string WriteImage(const std::string& root, const std::string& name) {
    const runtime::image::ImageStore store{runtime::base::StateDir(root)};
    const auto image = tests::WriteSampleImage(store, tests::MakeSampleImage(2, 1000));
    store.Tag(image.manifest.digest, *runtime::image::Reference::Parse(name));
    return image.manifest.digest.ToString();
  }

  runtime::base::TemporaryDirectory directory_{std::filesystem::temp_directory_path(), "verbs"};
};

TEST_F(RegistryVerbs, PushAndPullPrintTheReferenceWithItsDigest) {
  const tests::RegistryServer server;
  const std::string digest = WriteImage(Root("one"), "product:1");
  const std::string there = server.host() + "/team/product";
  const Outcome pushed = Run(ImagePushMain, {"--root", Root("one"), "product:1", there + ":7"});
  EXPECT_EQ(pushed.code, 0) << pushed.err;
  EXPECT_EQ(pushed.out, there + "@" + digest + "\n");
  EXPECT_THAT(pushed.err, HasSubstr("done\n"));
  const Outcome pulled = Run(ImagePullMain, {"--root", Root("two"), "-q", there + ":7"});
  EXPECT_EQ(pulled.code, 0) << pulled.err;
  EXPECT_EQ(pulled.out, there + "@" + digest + "\n");
  EXPECT_EQ(pulled.err, "");
}

TEST_F(RegistryVerbs, ALoginIsCheckedKeptUsedAndForgotten) {
  const tests::RegistryServer server(tests::RegistryServer::Login{"anna", "secret"});
  WriteImage(Root("one"), "product:1");
  const std::vector<std::string> push = {"--root", Root("one"), "-q", "product:1",
                                         server.host() + "/product:1"};
  const std::vector<std::string> login = {"login", server.host(), "-u", "anna", "--password-stdin"};
  EXPECT_THAT(Run(ImagePushMain, push).err, HasSubstr("run `runner registry login"));
  const Outcome wrong = Run(RegistryMain, login, "other\n");
  EXPECT_EQ(wrong.code, kExitOurs);
  EXPECT_THAT(wrong.err, HasSubstr("refused the login of anna"));
  const Outcome right = Run(RegistryMain, login, "secret\n");
  EXPECT_EQ(right.code, 0) << right.err;
  const Outcome pushed = Run(ImagePushMain, push);
  EXPECT_EQ(pushed.code, 0) << pushed.err;
  EXPECT_EQ(Run(RegistryMain, {"logout", server.host()}).code, 0);
  EXPECT_EQ(Run(ImagePushMain, push).code, kExitOurs);
  EXPECT_EQ(Run(RegistryMain, {"logout", server.host()}).code, kExitOurs);
}

TEST_F(RegistryVerbs, BadUseIsOneLineAndExitCodeTwo) {
  for (const auto& [verb, args] : std::vector<std::pair<Verb, std::vector<std::string>>>{
           {ImagePullMain, {"UPPER/x"}},
           {ImagePullMain, {}},
           {ImagePushMain, {"a", "b@sha256:" + std::string(64, '0')}},
           {RegistryMain, {"login", "a b", "-u", "x", "--password-stdin"}},
           {RegistryMain, {"login", "127.0.0.1:1", "--password-stdin"}},
           {RegistryMain, {"login", "127.0.0.1:1", "-u", "x"}},
           {RegistryMain, {"login", "127.0.0.1:1", "-u", "a:b", "--password-stdin"}}}) {
    std::vector<std::string> all = args;
    if (verb != RegistryMain) {
      all.insert(all.begin(), {"--root", Root("one")});
    }
    const Outcome outcome = Run(verb, all, "pw");
    EXPECT_EQ(outcome.code, kExitUsage) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
}

}  // namespace
}  // namespace runner
