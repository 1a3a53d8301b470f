// Push and pull with a real registry, judged by skopeo.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <thread>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/http.h"
#include "runtime/registry/client.h"
#include "tests/support/command.h"
#include "tests/support/registry_server.h"
#include "tests/support/sample_image.h"

namespace runtime::registry {
namespace {

using base::ErrorKind;
using ::testing::HasSubstr;
using tests::RunCommand;

class RegistryTest : public ::testing::Test {
 protected:
  image::Reference Name(const tests::RegistryServer& server, const std::string& rest) {
    return *image::Reference::Parse(server.host() + "/" + rest);
  }
  // A fresh store.
  image::ImageStore NewStore() {
    return image::ImageStore(
        base::StateDir(directory_.path() / ("store-" + std::to_string(++stores_))));
  }
  Client NewClient(CredentialLookup credentials = {}) {
    ClientOptions options;
    options.retry.pause = [](std::chrono::milliseconds) {};
    return Client(*transport_, std::move(credentials), options);
  }

  base::TemporaryDirectory directory_{std::filesystem::temp_directory_path(), "registry-test"};
  std::unique_ptr<base::HttpTransport> transport_ = base::MakeHttpTransport();
  int stores_ = 0;
};

std::string DigestThatSkopeoSees(const std::string& reference) {
  const tests::CommandResult result =
      RunCommand({"skopeo", "inspect", "--tls-verify=false", "docker://" + reference});
  EXPECT_EQ(result.status, 0) << result.output;
  return nlohmann::json::parse(result.output)["Digest"];
}

TEST_F(RegistryTest, APushedImageIsPulledWithTheSameBytes) {
  tests::RegistryServer server;
  const image::ImageStore from = NewStore();
  const tests::SampleImage sample = tests::MakeSampleImage(4, 300'000);
  const image::Image image = tests::WriteSampleImage(from, sample);
  const std::string pushed = NewClient().Push(from, image, Name(server, "a/b:1"), {"latest"});
  EXPECT_EQ(pushed, server.host() + "/a/b@" + sample.digest().ToString());
  for (const char* name : {"a/b:1", "a/b:latest"}) {
    EXPECT_EQ(DigestThatSkopeoSees(server.host() + "/" + name), sample.digest().ToString());
    const image::ImageStore to = NewStore();
    const image::Image pulled = NewClient().Pull(to, Name(server, name));
    EXPECT_EQ(pulled.manifest.digest, image.manifest.digest);
    EXPECT_EQ(to.ReadBlob(pulled.manifest.digest, 1 << 20), sample.manifest);
    ASSERT_EQ(pulled.layers.size(), 4u);
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_TRUE(std::filesystem::exists(to.layers().Path(pulled.layers[i]) /
                                          ("file-" + std::to_string(i))));
    }
  }
}

TEST_F(RegistryTest, APulledDigestIsFoundByIt) {
  tests::RegistryServer server;
  const image::ImageStore from = NewStore();
  const image::Image image = tests::WriteSampleImage(from, tests::MakeSampleImage(1, 1000));
  const std::string pushed = NewClient().Push(from, image, Name(server, "a:1"));
  const image::ImageStore to = NewStore();
  NewClient().Pull(to, *image::Reference::Parse(pushed));
  EXPECT_TRUE(to.Find(image.manifest.digest.ToString()));
  EXPECT_TRUE(to.List().empty());
}

TEST_F(RegistryTest, ASecondPushSendsNoBlob) {
  tests::RegistryServer server;
  const image::ImageStore store = NewStore();
  const image::Image image = tests::WriteSampleImage(store, tests::MakeSampleImage(3, 1000));
  NewClient().Push(store, image, Name(server, "a:1"));
  int begun = 0;
  int present = 0;
  NewClient().Push(store, image, Name(server, "a:2"), {}, [&](const Progress& p) {
    begun += p.event == Progress::Event::kBegin ? 1 : 0;
    present += p.event == Progress::Event::kPresent ? 1 : 0;
  });
  EXPECT_EQ(begun, 0);
  EXPECT_EQ(present, 4);
}

TEST_F(RegistryTest, BlobsOfAnotherRepositoryAreMounted) {
  tests::RegistryServer server;
  const image::ImageStore store = NewStore();
  const image::Image image = tests::WriteSampleImage(store, tests::MakeSampleImage(3, 1000));
  NewClient().Push(store, image, Name(server, "base:1"));
  store.Tag(image.manifest.digest, Name(server, "base:1"));
  int begun = 0;
  NewClient().Push(store, image, Name(server, "product:1"), {},
                   [&](const Progress& p) { begun += p.event == Progress::Event::kBegin ? 1 : 0; });
  EXPECT_LE(begun, 1) << "only the config is sent";
}

TEST_F(RegistryTest, AnImageThatSkopeoPushedIsPulled) {
  tests::RegistryServer server;
  const image::ImageStore from = NewStore();
  const tests::SampleImage sample = tests::MakeSampleImage(2, 50'000);
  NewClient().Push(from, tests::WriteSampleImage(from, sample), Name(server, "oci:1"));
  for (const char* format : {"v2s2", "oci"}) {
    const std::string copy = server.host() + "/copy-" + format + ":1";
    const tests::CommandResult copied = RunCommand(
        {"skopeo", "copy", "--insecure-policy", "--format", format, "--src-tls-verify=false",
         "--dest-tls-verify=false", "docker://" + server.host() + "/oci:1", "docker://" + copy});
    ASSERT_EQ(copied.status, 0) << copied.output;
    const image::ImageStore to = NewStore();
    const image::Image image = NewClient().Pull(to, *image::Reference::Parse(copy));
    EXPECT_EQ(image.manifest.digest.ToString(), DigestThatSkopeoSees(copy));
    EXPECT_EQ(image.config.cmd, std::vector<std::string>{"/bin/true"});
  }
}

TEST_F(RegistryTest, AnIndexGivesTheImageOfThisMachine) {
  tests::RegistryServer server;
  const image::ImageStore from = NewStore();
  const tests::SampleImage sample = tests::MakeSampleImage(1, 1000);
  NewClient().Push(from, tests::WriteSampleImage(from, sample), Name(server, "multi:one"));
  const nlohmann::json entry = {{"mediaType", image::kManifestType},
                                {"digest", sample.digest().ToString()},
                                {"size", sample.manifest.size()},
                                {"platform", {{"os", "linux"}, {"architecture", "amd64"}}}};
  nlohmann::json other = entry;
  other["platform"]["architecture"] = "s390x";
  base::HttpRequest put;
  put.method = "PUT";
  put.url = "http://" + server.host() + "/v2/multi/manifests/all";
  put.headers = {{"Content-Type", image::kIndexType}};
  put.body =
      nlohmann::json{
          {"schemaVersion", 2}, {"mediaType", image::kIndexType}, {"manifests", {other, entry}}}
          .dump();
  ASSERT_EQ(transport_->Send(put).status, 201);
  const image::ImageStore to = NewStore();
  const image::Image image = NewClient().Pull(to, Name(server, "multi:all"));
  EXPECT_EQ(image.manifest.digest, sample.digest());
  EXPECT_TRUE(to.Find(server.host() + "/multi:all"));
}

TEST_F(RegistryTest, AProtectedRegistryNeedsTheRightLogin) {
  tests::RegistryServer server(tests::RegistryServer::Login{"anna", "secret"});
  const image::ImageStore store = NewStore();
  const image::Image image = tests::WriteSampleImage(store, tests::MakeSampleImage(2, 1000));
  const image::Reference name = Name(server, "a:1");
  const auto failure = [&](const CredentialLookup& credentials) {
    try {
      NewClient(credentials).Push(store, image, name);
    } catch (const base::Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kPermission);
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(failure({}),
              HasSubstr("asks for a login: run `runner registry login " + server.host() + "`"));
  EXPECT_THAT(failure([](const std::string&) {
                return Credentials{"anna", "wrong", ""};
              }),
              HasSubstr("refused the login of anna"));
  const auto right = [](const std::string&) { return Credentials{"anna", "secret", ""}; };
  NewClient(right).Push(store, image, name);
  EXPECT_EQ(NewClient(right).Pull(NewStore(), name).manifest.digest, image.manifest.digest);
  NewClient().CheckLogin(server.host(), {"anna", "secret", ""});
  EXPECT_THROW(NewClient().CheckLogin(server.host(), {"anna", "wrong", ""}), base::Error);
}

TEST_F(RegistryTest, ARegistryThatIsDownIsNamed) {
  tests::RegistryServer server;
  server.Stop();
  try {
    NewClient().Pull(NewStore(), Name(server, "a:1"));
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(std::string(e.what()), "pull " + server.host() + "/a:1: connect to " + server.host() +
                                         ": Connection refused");
  }
}

TEST_F(RegistryTest, TwoPullsAtOnceDownloadEachBlobOnce) {
  tests::RegistryServer server;
  const image::ImageStore from = NewStore();
  const tests::SampleImage sample = tests::MakeSampleImage(6, 500'000);
  NewClient().Push(from, tests::WriteSampleImage(from, sample), Name(server, "a:1"));
  const image::ImageStore to = NewStore();
  std::atomic<int> begun{0};
  const auto pull = [&] {
    NewClient().Pull(to, Name(server, "a:1"), [&](const Progress& p) {
      begun += p.event == Progress::Event::kBegin ? 1 : 0;
    });
  };
  {
    std::jthread other(pull);
    pull();
  }
  EXPECT_EQ(begun, 7);
}

}  // namespace
}  // namespace runtime::registry
