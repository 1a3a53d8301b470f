// OutputTree: the files of a checkout, or what is different from another one, written beneath one
// directory that was empty.
//
// What every file gets: mode 0644 or 0755 (links 0777), and one and the same modification time,
// 2000-01-01T00:00:00Z: the same tree gives the same layer, whichever commit brought it and
// whenever; it is a time that every archive format can say (zip begins in 1980). There is no .git
// directory: it would differ between commits of equal trees. The commit is in RUNNER_COMMIT.
//
// Nothing existing is opened or followed: each name is made exclusively in a directory that was
// made the same way, so two entries of one name, or a link where a directory should be, fail.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/git/checkout_time.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

class OutputTree {
 public:
  static constexpr int64_t kModificationTime = kCheckoutTime;

  // `root`: a descriptor of the directory, borrowed.
  OutputTree(int root, const CheckoutLimits& limits);

  // All throw Error: kInvalid for a name that isn't safe or a breached bound.
  void Enter(std::string_view name);  // makes a directory; what follows is inside
  void Leave();                       // back in its parent
  void File(std::string_view name, bool executable, std::string_view content);
  // A file whose content the caller writes: first its size is booked. Finish() ends it.
  base::UniqueFd OpenFile(std::string_view name, bool executable, uint64_t size);
  void Finish(base::UniqueFd file);
  void Link(std::string_view name, std::string_view target);
  // An entry of the checkout below that this one hasn't: a whiteout of overlayfs.
  void Delete(std::string_view name);

  // Gives the root its time as well. Call once, at the end.
  void Close();

  // "dir/name" for messages, safe to show.
  std::string Where(std::string_view name) const;
  const CheckoutSize& size() const { return size_; }
  // Throws when a file of `bytes` would breach a bound: to ask before reading it.
  void CheckSize(std::string_view name, uint64_t bytes) const;

 private:
  int Current() const { return open_.empty() ? root_ : open_.back().fd.get(); }
  void Book(std::string_view name);

  struct Directory {
    base::UniqueFd fd;
    std::string name;
  };
  int root_;
  CheckoutLimits limits_;
  std::vector<Directory> open_;
  CheckoutSize size_;
};

}  // namespace runtime::git
