// What the tests of the git container share: a state directory, and checkouts into it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/base/files.h"
#include "runtime/git/git_container.h"
#include "tests/support/git_repository.h"

namespace runtime::git {

class GitContainerTest : public testing::Test {
 protected:
  std::filesystem::path Path(const std::string& name) const { return scratch_.path() / name; }

  CheckedOut CheckOut(const CheckoutRequest& request, std::stop_token stop = {}) {
    return git_.CheckOut(
        request,
        [this](std::string_view line) {
          const std::lock_guard guard(mutex_);
          progress_.emplace_back(line);
        },
        stop);
  }

  // A path of this host, allowed.
  static CheckoutRequest Local(const std::filesystem::path& path) {
    CheckoutRequest request;
    request.url = path;
    request.local = LocalRepositories::kAllowed;
    return request;
  }
  static CheckoutRequest Remote(const std::string& url, const std::string& commit = "") {
    CheckoutRequest request;
    request.url = url;
    request.commit = commit;
    return request;
  }

  std::string Read(const CheckedOut& checkout, const std::string& name) const {
    return base::ReadFile(layers_.Path(checkout.layer) / name);
  }
  bool Has(const CheckedOut& checkout, const std::string& name) const {
    return std::filesystem::exists(
        std::filesystem::symlink_status(layers_.Path(checkout.layer) / name));
  }

  // The error of a checkout, "" for none.
  std::string ErrorOf(const CheckoutRequest& request) {
    try {
      CheckOut(request);
    } catch (const base::Error& e) {
      kind_ = e.kind();
      return e.what();
    }
    return "";
  }

  static std::filesystem::path Helper() {
    return std::filesystem::path(std::getenv("RUNNER_BUILD")) / "libexec/runner/runner-git";
  }

  base::TemporaryDirectory scratch_{std::filesystem::temp_directory_path(), "git-container"};
  base::StateDir state_{scratch_.path() / "state"};
  std::unique_ptr<container::Host> host_ = container::Host::Open(state_);
  layer::LayerStore layers_{state_};
  GitContainer git_{*host_, layers_, Helper()};
  std::mutex mutex_;
  std::vector<std::string> progress_;
  base::ErrorKind kind_ = base::ErrorKind::kInternal;
};

// The same with a repository of two commits, and a bare one of it to be served.
class ServedRepositoryTest : public GitContainerTest {
 protected:
  ServedRepositoryTest() {
    work_.Write("a", "1");
    work_.Write("dir/run.sh", "#!/bin/sh\n");
    first_ = work_.Commit("first");
    work_.Git({"tag", "-a", "-m", "v1", "v1"});
    work_.Write("a", "2");
    second_ = work_.Commit("second");
    work_.Git({"clone", "-q", "--bare", ".", (served_ / "repo.git").string()});
  }
  void Push() { work_.Git({"push", "-q", "-f", "--mirror", (served_ / "repo.git").string()}); }

  tests::GitRepository work_{Path("work")};
  std::filesystem::path served_ = Path("served");
  std::string first_;
  std::string second_;
};

}  // namespace runtime::git
