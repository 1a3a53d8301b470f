// Slice and Text: what of <string_view> and <string> the supervision needs. It is a part of
// runner-init, which has the language alone of C++ (runner_small_program in cmake/Targets.cmake).
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace runtime::supervise {

// Characters of somebody else.
struct Slice {
  Slice(const char* text) : data(text), size(::strlen(text)) {}  // NOLINT: meant to be implicit
  Slice(const char* begin, size_t length) : data(begin), size(length) {}

  bool operator==(const Slice& other) const {
    return size == other.size && ::memcmp(data, other.data, size) == 0;
  }

  const char* data;
  size_t size;
};

// A text of fixed capacity. What doesn't fit is cut; nothing is allocated.
template <size_t Capacity>
class Text {
 public:
  Text& operator<<(Slice part) {
    const size_t length = part.size < Capacity - size_ ? part.size : Capacity - size_;
    ::memcpy(data_ + size_, part.data, length);
    size_ += length;
    data_[size_] = '\0';
    return *this;
  }
  Text& operator<<(int64_t number) {
    char digits[24];
    char* begin = digits + sizeof digits;
    uint64_t rest = number < 0 ? -static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
    do {
      *--begin = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    if (number < 0) {
      *--begin = '-';
    }
    return *this << Slice(begin, static_cast<size_t>(digits + sizeof digits - begin));
  }

  Slice slice() const { return {data_, size_}; }
  const char* c_str() const { return data_; }

 private:
  size_t size_ = 0;
  char data_[Capacity + 1] = {};
};

using Line = Text<500>;

}  // namespace runtime::supervise
