// What the end-to-end tests of the server share: a bare repository whose hook sends the webhook, a
// registry, a stand-in for GitHub's API, and `runner serve` itself.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/files.h"
#include "runtime/base/state_dir.h"
#include "tests/integration/runner/serve/server_under_test.h"
#include "tests/integration/runner/serve_process.h"
#include "tests/support/git_repository.h"

namespace runner {

class ServeTest : public testing::Test {
 protected:
  // A state directory with the image busybox, a configuration for pie/hubot, and the repository.
  ServeTest();

  // Writes the configuration with these lines ("    KEY: VALUE\n") for pie/hubot.
  void Configure(const std::string& repository) const;
  void StartServer();

  // Commits the pipeline file and pushes; the id of the run, from what the hook printed.
  std::string PushPipeline(const std::string& pipeline, const std::string& branch = "main");
  // Pushes what is committed; what the hook printed.
  std::string Push(const std::string& branch);
  std::string head() const { return work_.Git({"rev-parse", "HEAD"}); }

  tests::RawClient::Answer Get(const std::string& target) const;
  std::string Page(const std::string& target) const { return Get(target).body; }
  // What the repository's hook would send for the commit, as a whole request.
  std::string Delivery(const std::string& id, const std::string& secret = serve::kTestSecret) const;
  std::string PushPayload(const std::string& repository = "pie/hubot") const;
  // Runs in the store.
  size_t CountRuns() const;

  runtime::base::TemporaryDirectory directory_;
  runtime::base::StateDir state_;
  serve::StandInGithub github_;
  tests::GitRepository work_;
  tests::GitRepository bare_;
  std::unique_ptr<ServeProcess> server_;
  std::string address_;
};

// A passing pipeline of one step.
inline constexpr char kOneStep[] =
    "name: ci\nsteps:\n  greet: {image: busybox, run: echo hello, network: none}\n";

// `text` as often as it stands in `page`.
size_t CountIn(const std::string& page, const std::string& text);

}  // namespace runner
