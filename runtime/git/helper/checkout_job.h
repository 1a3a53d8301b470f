// CheckoutJob: one request, first resolved to a commit and a tree, then written on demand.
//
//   CheckoutJob job(request, "/mirror", progress);
//   Resolution resolution = job.Resolve();   // fetches when it must
//   WrittenTree written = job.Write(out);    // at most once
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/git/helper/source.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

class CheckoutJob {
 public:
  // `mirror` is used for remote repositories only. A GitLibrary must live as long.
  CheckoutJob(HelperRequest request, std::filesystem::path mirror, ProgressLine progress);
  CheckoutJob(const CheckoutJob&) = delete;
  CheckoutJob& operator=(const CheckoutJob&) = delete;

  // Both throw Error. With an order of history it is that which Write() writes. What turns out to
  // be a damaged mirror is fetched anew, once.
  Resolution Resolve();
  // Writes the resolved tree to the directory `out`, which is emptied before each try: upon the
  // first of the request's bases that will do, else whole.
  WrittenTree Write(const std::filesystem::path& out);
  // What the resolved commit changed, counted from what the request says. Nothing when that isn't
  // there, or when it is too much to tell.
  std::optional<std::vector<std::string>> Changed();

 private:
  // Of the resolved commit, as the request orders it.
  History MakeHistory();
  std::optional<WrittenTree> WriteUpon(const CheckoutBase& base, const std::filesystem::path& out);

  const HelperRequest request_;
  const std::filesystem::path mirror_;
  const ProgressLine progress_;
  std::unique_ptr<Source> source_;
  std::string commit_;
  std::string tree_;
};

}  // namespace runtime::git
