// DetachKeys: the keys by which somebody at a container's terminal leaves it (docker's
// --detach-keys).
#pragma once

#include <string>
#include <string_view>

namespace runner {

class DetachKeys {
 public:
  // "a,ctrl-p": single characters, and ctrl- with a to z or one of [\]^_; empty: ctrl-p,ctrl-q.
  // Throws Error (kUsage).
  explicit DetachKeys(std::string_view text = {});

  // What of the bytes that were typed is for the container: what may be the begin of the keys is
  // held back until it is clear that it isn't. After the last key detached() is true, and the keys
  // are for nobody.
  std::string Take(std::string_view typed);
  bool detached() const { return matched_ == keys_.size(); }

 private:
  std::string keys_;
  size_t matched_ = 0;
};

}  // namespace runner
