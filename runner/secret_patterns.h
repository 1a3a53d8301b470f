// SecretPatterns: a set of texts, and a fast look for where one of them begins.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace runner {

// Each text is at least kHead long. Immutable once it is shared.
class SecretPatterns {
 public:
  static constexpr size_t kHead = 4;

  // False when it is there already.
  bool Add(std::string text);
  bool empty() const { return texts_ == 0; }
  size_t bytes() const { return bytes_; }

  // Where the next text may begin: the first place from `from` on whose four characters begin one
  // of them, or the last three characters' place when there is none.
  size_t Next(std::string_view text, size_t from) const {
    const size_t end = text.size() < kHead ? 0 : text.size() - kHead + 1;
    while (from < end && !MayBegin(HeadAt(text, from))) {
      ++from;
    }
    return from;
  }

  struct Found {
    size_t length = 0;  // of the longest one that stands there whole
    bool open = false;  // a longer one may: the text ends too early to tell
  };
  Found At(std::string_view text, size_t at) const;

 private:
  static uint32_t HeadAt(std::string_view text, size_t at) {
    uint32_t head;
    std::memcpy(&head, text.data() + at, sizeof head);
    return head;
  }
  static uint32_t Slot(uint32_t head) { return head * 2654435761u >> 16; }
  bool MayBegin(uint32_t head) const {
    const uint32_t slot = Slot(head);
    return (filter_[slot / 64] >> slot % 64 & 1) != 0;
  }

  std::array<uint64_t, 1024> filter_ = {};  // a bit for each slot that a head falls into
  std::unordered_map<uint32_t, std::vector<std::string>> by_head_;
  size_t texts_ = 0;
  size_t bytes_ = 0;
};

}  // namespace runner
