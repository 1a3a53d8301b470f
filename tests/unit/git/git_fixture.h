// What the tests of the git helper share: a scratch directory, the library, a checkout.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/files.h"
#include "runtime/git/helper/checkout_job.h"
#include "runtime/git/helper/git_library.h"
#include "tests/support/git_repository.h"

namespace runtime::git {

class GitTest : public testing::Test {
 protected:
  std::filesystem::path Path(const std::string& name) const { return scratch_.path() / name; }

  HelperRequest Local(const tests::GitRepository& repository) const {
    HelperRequest request;
    const bool bare = !std::filesystem::exists(repository.path() / ".git");
    request.git_dir = bare ? repository.path() : repository.path() / ".git";
    request.work_tree = bare ? "" : repository.path().string();
    return request;
  }

  // Resolves and writes to Path("out"), which is made empty before.
  Resolution CheckOut(const HelperRequest& request) {
    std::filesystem::remove_all(Path("out"));
    std::filesystem::create_directories(Path("out"));
    std::filesystem::create_directories(Path("mirror"));
    CheckoutJob job(request, Path("mirror"),
                    [this](std::string_view line) { progress_.emplace_back(line); });
    Resolution resolution = job.Resolve();
    size_ = job.Write(Path("out")).size;
    return resolution;
  }

  std::string ReadOut(const std::string& name) const { return base::ReadFile(Path("out") / name); }

  // The error that `f` throws, "" for none.
  template <typename F>
  static std::string ErrorOf(F&& f) {
    try {
      f();
    } catch (const base::Error& e) {
      return e.what();
    }
    return "";
  }

  base::TemporaryDirectory scratch_{std::filesystem::temp_directory_path(), "git-test"};
  GitLibrary library_{scratch_.path() / "home"};
  std::vector<std::string> progress_;
  CheckoutSize size_;
};

}  // namespace runtime::git
