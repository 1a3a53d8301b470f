// What the tests of Git LFS share: a repository whose files git-lfs itself has put away.
#pragma once

#include <gmock/gmock.h>

#include <optional>

#include "runtime/layer/copy.h"
#include "tests/integration/git/git_container_fixture.h"
#include "tests/support/git_servers.h"

namespace runtime::git {

class LfsTest : public GitContainerTest {
 protected:
  LfsTest() {
    work_.Git({"lfs", "install", "--local"});
    work_.Git({"config", "lfs.locksverify", "false"});
    work_.Write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    work_.Write("plain", "in git");
    work_.Write("a.bin", "first content");
    work_.Write("dir/b.bin", "large content");
    work_.Write("dir/run.bin", "#!/bin/sh\n");
    std::filesystem::permissions(work_.path() / "dir/run.bin", std::filesystem::perms(0755));
    work_.Commit("first");
    work_.Git({"clone", "-q", "--bare", ".", (served_ / "repo.git").string()});
    work_.Git({"remote", "add", "origin", server_.Url("open/repo.git")});
  }

  // Git to the served repository, and by `git lfs push` what its pointers stand for.
  void Push() const {
    work_.Git({"lfs", "push", "--all", "origin"});
    work_.Git({"-c", "core.hooksPath=/dev/null", "push", "-q", "-f", "--mirror",
               (served_ / "repo.git").string()});
  }

  std::optional<layer::LayerId> Lfs(const CheckoutRequest& request, const CheckedOut& checkout) {
    return git_.CheckOutLfs(request, checkout.layer,
                            [this](std::string_view line) {
                              const std::lock_guard guard(mutex_);
                              progress_.emplace_back(line);
                            },
                            {});
  }

  // The checkout with its files of Git LFS, as a step sees it: a new directory.
  std::filesystem::path Get(const CheckoutRequest& request) {
    const CheckedOut checkout = CheckOut(request);
    std::vector<layer::LayerId> ids = {checkout.layer};
    lfs_ = Lfs(request, checkout);
    if (lfs_) {
      ids.push_back(*lfs_);
    }
    const std::filesystem::path out = Path("got-" + std::to_string(++gets_));
    std::filesystem::create_directories(out);
    layer::LinkLayer(layers_.Stack(ids).lower, out);
    return out;
  }
  std::string ErrorOfGet(const CheckoutRequest& request) {
    return ErrorIn([&] { Get(request); });
  }
  std::string ErrorOfLfs(const CheckoutRequest& request, const CheckedOut& checkout) {
    return ErrorIn([&] { Lfs(request, checkout); });
  }

  // What was pushed last as git and git-lfs themselves check it out.
  std::string Judge() {
    const std::filesystem::path clone = Path("judge-" + std::to_string(++gets_));
    const tests::GitRepository judge(clone);
    judge.Git({"lfs", "install", "--local"});
    judge.Git({"remote", "add", "origin", server_.Url("open/repo.git")});
    judge.Git({"fetch", "-q", "origin", "main"});
    judge.Git({"checkout", "-q", "FETCH_HEAD"});
    std::filesystem::remove_all(clone / ".git");
    return tests::Listing(clone);
  }

  static std::string PointerTo(const std::string& oid, uint64_t size) {
    return "version https://git-lfs.github.com/spec/v1\noid sha256:" + oid + "\nsize " +
           std::to_string(size) + "\n";
  }
  static std::string PointerTo(const std::string& content) {
    return PointerTo(base::Digest::Of(content).hex(), content.size());
  }

  // "" for none.
  template <typename F>
  std::string ErrorIn(F&& f) {
    try {
      f();
    } catch (const base::Error& e) {
      kind_ = e.kind();
      return e.what();
    }
    return "";
  }

  tests::GitRepository work_{Path("work")};
  std::filesystem::path served_ = Path("served");
  tests::GitHttpServer server_{served_};
  std::optional<layer::LayerId> lfs_;
  int gets_ = 0;
};

}  // namespace runtime::git
