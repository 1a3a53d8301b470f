// Text: a short text of fixed capacity. What doesn't fit is cut; nothing is allocated.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace runtime::supervise {

template <size_t Capacity>
class Text {
 public:
  Text& operator<<(std::string_view part) {
    const size_t length = std::min(part.size(), Capacity - size_);
    ::memcpy(data_ + size_, part.data(), length);
    size_ += length;
    data_[size_] = '\0';
    return *this;
  }
  Text& operator<<(int64_t number) {
    char digits[24];
    const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, number);
    return *this << std::string_view(digits, static_cast<size_t>(end.ptr - digits));
  }

  std::string_view view() const { return {data_, size_}; }
  const char* c_str() const { return data_; }

 private:
  size_t size_ = 0;
  char data_[Capacity + 1] = {};
};

using Line = Text<500>;

}  // namespace runtime::supervise
