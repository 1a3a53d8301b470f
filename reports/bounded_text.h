// BoundedText: collects text of any length in bounded memory: the head and the tail of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reports {

class BoundedText {
 public:
  explicit BoundedText(size_t max_bytes) : half_(max_bytes / 2 - kMarkerBytes) {}

  void Append(std::string_view text);
  bool empty() const { return head_.empty(); }
  void Clear();

  // All of it, or head, "[N bytes left out]" on a line of its own, and tail: never more than
  // max_bytes, and never cut inside a UTF-8 sequence.
  std::string Take();

 private:
  static constexpr size_t kMarkerBytes = 32;
  size_t half_;
  std::string head_;
  std::string tail_;
  uint64_t left_out_ = 0;
};

}  // namespace reports
