// HostileRegistry: a registry of scripted answers that serves one sample image, and lies where
// told.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "runtime/base/files.h"
#include "runtime/base/http.h"
#include "runtime/image/image_store.h"
#include "runtime/registry/client.h"
#include "tests/support/sample_image.h"
#include "tests/support/scripted_server.h"

namespace runtime::registry {

// A registry, a store and a client whose waits take no time.
class HostileRegistry {
 public:
  // Asked first for each request; without an answer the request is served honestly.
  using Twist = std::function<std::optional<tests::ScriptedAnswer>(const tests::ReceivedRequest&)>;
  explicit HostileRegistry(Twist twist = {},
                           tests::SampleImage sample = tests::MakeSampleImage(1, 100'000));

  image::Image Pull() { return client_.Pull(store_, reference()); }
  // What Pull throws: its kind and message; a failure of the test when it throws nothing.
  base::Error PullFailure();
  // Whether the store holds nothing of the image under its name, and no half blob.
  bool NothingPublished() const;

  image::Reference reference() const;
  const tests::SampleImage& sample() const { return sample_; }
  tests::ScriptedServer& server() { return server_; }
  const image::ImageStore& store() const { return store_; }
  const std::vector<std::chrono::milliseconds>& waits() const { return waits_; }
  void Give(const Credentials& credentials) { credentials_ = credentials; }
  const Client& client() const { return client_; }

 private:
  tests::ScriptedAnswer Serve(const tests::ReceivedRequest& request) const;
  ClientOptions Options();

  base::TemporaryDirectory directory_;
  image::ImageStore store_;
  tests::SampleImage sample_;
  Twist twist_;
  std::vector<std::chrono::milliseconds> waits_;
  std::optional<Credentials> credentials_;
  std::unique_ptr<base::HttpTransport> transport_;
  Client client_;
  tests::ScriptedServer server_;
};

// "/v2/..." asked for a blob with this digest.
bool IsFor(const tests::ReceivedRequest& request, const std::string& digest);

}  // namespace runtime::registry
