// CheckoutJob: one request, first resolved to a commit and a tree, then written on demand.
//
//   CheckoutJob job(request, "/mirror", progress);
//   Resolution resolution = job.Resolve();   // fetches when it must
//   WrittenTree written = job.Write(out);    // at most once, as the next
//   job.WriteHistory(git_directory);         // when the request orders it
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
  // `mirror` is used for remote repositories, and for all history. A GitLibrary must live as long.
  CheckoutJob(HelperRequest request, std::filesystem::path mirror, ProgressLine progress);
  CheckoutJob(const CheckoutJob&) = delete;
  CheckoutJob& operator=(const CheckoutJob&) = delete;

  // All throw Error. What turns out to be a damaged mirror is fetched anew, once.
  Resolution Resolve();
  // Writes the resolved tree to the directory `out`, which is emptied before each try: upon the
  // first of the request's bases that will do, else whole.
  WrittenTree Write(const std::filesystem::path& out);
  // Writes the ordered `.git` to the directory `out`, which is emptied before each try. All objects
  // of a history that is whole are in the mirror's packs then. False for one that was ordered ahead
  // and can't be had.
  bool WriteHistory(const std::filesystem::path& out);
  // What the resolved commit changed, counted from what the request says. Nothing when that isn't
  // there, or when it is too much to tell.
  std::optional<std::vector<std::string>> Changed();

 private:
  // Once more with a new mirror when the one that there is turns out to be damaged.
  template <typename F>
  auto Repairing(F&& f) -> decltype(f());
  void WriteWantedHistory(const std::filesystem::path& out);
  // Sets the resolution's.
  void FindHistory();
  // Of the resolved commit, which there is, as the request orders it.
  History MakeHistory();
  std::optional<WrittenTree> WriteUpon(const CheckoutBase& base, const std::filesystem::path& out);

  const HelperRequest request_;
  const std::filesystem::path mirror_;
  const ProgressLine progress_;
  std::unique_ptr<Source> source_;
  Resolution resolution_;
  std::optional<History> history_;  // of the repository as it is now
};

}  // namespace runtime::git
